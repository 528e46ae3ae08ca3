package io.thalweg.benchmarks.endtoend;

import java.io.IOException;
import java.util.List;

/** Kafka's ConsumerPerformance from the oldest record on, over records that ProducerPerformance wrote just before. */
record ConsumeCell(Peers peers, String name, int partitions, int recordBytes, long records) implements Cell {

    private static final int SECONDS_COLUMN = 1;
    private static final double MIB = 1L << 20;

    @Override
    public void prepare(Peer peer) throws Exception {
        BrokerProcess.createTopic(peer, topic(), partitions);
        new KafkaTool(peers, "org.apache.kafka.tools.ProducerPerformance")
                .run(List.of(
                        "--bootstrap-server",
                        peer.bootstrap(),
                        "--topic",
                        topic(),
                        "--num-records",
                        Long.toString(records),
                        "--record-size",
                        Integer.toString(recordBytes),
                        "--throughput",
                        "-1",
                        "--command-property",
                        "acks=1",
                        "batch.size=131072"));
        run(peer, -1);
    }

    private String topic() {
        return "bench-" + Integer.toHexString(name.hashCode());
    }

    @Override
    public Measurement run(Peer peer, int round) throws Exception {
        double cpuBefore = peer.stats().cpuSeconds();
        List<String> output = new KafkaTool(peers, "org.apache.kafka.tools.ConsumerPerformance")
                .run(List.of(
                        "--bootstrap-server",
                        peer.bootstrap(),
                        "--topic",
                        topic(),
                        "--hide-header",
                        "--group",
                        "bench-" + System.nanoTime(),
                        "--num-records",
                        Long.toString(records),
                        "--timeout",
                        "20000"));
        ProcessStats after = peer.stats();
        // start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms,
        // fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec
        for (String line : output) {
            String[] columns = line.split(", ");
            if (columns.length == 10 && columns[SECONDS_COLUMN].startsWith("20")) {
                double mib = Double.parseDouble(columns[2]);
                long count = Long.parseLong(columns[4]);
                if (count < records) {
                    throw new IOException("not all records were read: found=" + count + " expected=" + records);
                }
                double seconds = Double.parseDouble(columns[7]) / 1000;
                return Measurement.of(
                        count,
                        (long) (mib * MIB),
                        seconds,
                        after.cpuSeconds() - cpuBefore,
                        Measurement.noLatencies(),
                        after);
            }
        }
        throw new IOException("ConsumerPerformance printed no summary: " + output);
    }

    @Override
    public void clean(Peer peer) throws Exception {
        BrokerProcess.deleteTopic(peer, topic());
    }
}
