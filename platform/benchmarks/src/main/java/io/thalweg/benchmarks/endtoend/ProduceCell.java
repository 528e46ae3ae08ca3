package io.thalweg.benchmarks.endtoend;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kafka's ProducerPerformance, as fast as it goes.
 *
 * @param properties of the producer, beside the bootstrap address
 */
record ProduceCell(
        Peers peers,
        String name,
        int partitions,
        int recordBytes,
        long records,
        long warmUpRecords,
        List<String> properties)
        implements Cell {

    private static final Pattern SUMMARY = Pattern.compile(
            "(\\d+) records sent, ([\\d.]+) records/sec.*?(\\d+) ms 50th, (\\d+) ms 95th, (\\d+) ms 99th, (\\d+) ms 99.9th");

    @Override
    public void prepare(Peer peer) throws Exception {
        BrokerProcess.createTopic(peer, topic(), partitions);
        run(peer, warmUpRecords);
    }

    private String topic() {
        return "bench-" + Integer.toHexString(name.hashCode());
    }

    @Override
    public Measurement run(Peer peer, int round) throws Exception {
        return run(peer, records);
    }

    private Measurement run(Peer peer, long count) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "--bootstrap-server",
                peer.bootstrap(),
                "--topic",
                topic(),
                "--num-records",
                Long.toString(count),
                "--record-size",
                Integer.toString(recordBytes),
                "--throughput",
                "-1",
                "--command-property"));
        arguments.addAll(properties);
        double cpuBefore = peer.stats().cpuSeconds();
        List<String> output = new KafkaTool(peers, "org.apache.kafka.tools.ProducerPerformance").run(arguments);
        ProcessStats after = peer.stats();
        for (int line = output.size() - 1; line >= 0; line--) {
            Matcher summary = SUMMARY.matcher(output.get(line));
            if (summary.find()) {
                long sent = Long.parseLong(summary.group(1));
                if (sent != count) {
                    throw new IOException("records were lost by the client: sent=" + sent + " wanted=" + count);
                }
                double[] latencies = {
                    Double.parseDouble(summary.group(3)),
                    Double.parseDouble(summary.group(5)),
                    Double.parseDouble(summary.group(6))
                };
                double seconds = count / Double.parseDouble(summary.group(2));
                return Measurement.of(
                        count, count * recordBytes, seconds, after.cpuSeconds() - cpuBefore, latencies, after);
            }
        }
        throw new IOException("ProducerPerformance printed no summary: " + output);
    }

    @Override
    public void clean(Peer peer) throws Exception {
        BrokerProcess.deleteTopic(peer, topic());
    }
}
