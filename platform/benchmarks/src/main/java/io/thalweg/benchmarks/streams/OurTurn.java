package io.thalweg.benchmarks.streams;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.processor.GlobalStores;
import io.thalweg.streams.processor.StreamTask;
import io.thalweg.streams.processor.TaskOutput;
import io.thalweg.streams.store.StateBudget;
import io.thalweg.streams.topology.TaskId;
import io.thalweg.streams.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A turn of ours: a {@link StreamTask} whose output is a list that is emptied every 1,000 records. */
final class OurTurn {

    private record Sent(String topic, byte @Nullable [] key, byte @Nullable [] value, long timestampMillis) {}

    private OurTurn() {}

    static Turn run(StreamsCell cell, StreamsLoad load) {
        Topology topology = cell.ours();
        List<Sent> sent = new ArrayList<>();
        TaskOutput output = new TaskOutput() {
            @Override
            public void emit(
                    String topic,
                    int partition,
                    byte @Nullable [] key,
                    byte @Nullable [] value,
                    long timestampMillis,
                    List<RecordHeader> headers) {
                sent.add(new Sent(topic, key, value, timestampMillis));
            }

            @Override
            public void changelog(String store, byte[] key, byte @Nullable [] value, long timestampMillis) {
                sent.add(new Sent(store, key, value, timestampMillis));
            }
        };
        StreamTask task = new StreamTask(
                topology,
                new TaskId(0, 0),
                output,
                new GlobalStores(topology, StateBudget.UNLIMITED),
                StateBudget.UNLIMITED,
                0);
        task.start();
        long count = 0;
        long before = Turn.processCpuNanos();
        for (int i = 0; i < load.size(); i++) {
            task.process(load.topic(i), load.keys()[i], load.values()[i], load.timestamps()[i], List.of());
            if (i % 1000 == 999) {
                count += sent.size();
                sent.clear();
            }
        }
        long nanos = Turn.processCpuNanos() - before;
        count += sent.size();
        task.close();
        return new Turn(load.size(), nanos, count);
    }
}
