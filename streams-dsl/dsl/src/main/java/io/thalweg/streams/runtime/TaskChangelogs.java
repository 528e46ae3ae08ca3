package io.thalweg.streams.runtime;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.SequencedProducer;
import io.thalweg.client.ThalwegClient;
import io.thalweg.streams.topology.StoreSpec;
import io.thalweg.streams.topology.SubTopology;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongFunction;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The changelogs of one task. Before a task reads them it claims them: it appends a record under the producer id that is
 * committed with the task's offsets, in a new epoch. From there on the log refuses whoever had them before, an instance that
 * has lost its session without noticing too. Confined.
 */
final class TaskChangelogs {

    /** Marks the record of a claim, which is no change. */
    private static final String CLAIM_HEADER = "thalweg.claim";

    /** Marks a record that says when those in front of it were written, which is no change either. */
    private static final String STAMP_HEADER = "thalweg.written";

    private static final byte[] STAMP_KEY = "\0thalweg.written\0".getBytes(StandardCharsets.UTF_8);

    /** Compaction keeps the last claim alone. No key of a store: those that are not the user's have a number at their end. */
    private static final byte[] CLAIM_KEY = "\0thalweg.claim\0".getBytes(StandardCharsets.UTF_8);

    private final ThalwegClient client;
    private final Context context;
    private final Map<String, TopicPartition> partitions = new TreeMap<>();
    private final Map<String, ChangelogWriter> writers = new HashMap<>();

    /** Two that claim the same epoch at once are both told that it is theirs: who sees the own token in the log is right. */
    private final byte[] token = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);

    private long producerId = -1;
    private boolean closed;

    TaskChangelogs(ThalwegClient client, Context context, SubTopology sub, int partition) {
        this.client = client;
        this.context = context;
        for (StoreSpec store : sub.stores()) {
            String topic = store.changelogTopic();
            if (topic != null) {
                partitions.put(store.name(), new TopicPartition(topic, partition));
            }
        }
    }

    /** By store. */
    Map<String, TopicPartition> partitions() {
        return partitions;
    }

    TopicPartition partition(String store) {
        return Objects.requireNonNull(partitions.get(store), store);
    }

    /** -1 before a claim. */
    long producerId() {
        return producerId;
    }

    /**
     * Claims all of them. May be called again after it failed.
     *
     * @param committed the producer id that is committed, -1 for none
     * @param commit of a new id; who claims later finds it there, since a commit of an earlier generation is refused
     */
    Future<Void> claim(long committed, GroupSeat seat, LongFunction<Future<Void>> commit) {
        if (partitions.isEmpty()) {
            return Future.succeededFuture();
        }
        return epochs(committed).compose(epochs -> {
            boolean usable = committed >= 0 && epochs.values().stream().allMatch(epoch -> epoch < Short.MAX_VALUE);
            Future<Long> identified = usable
                    ? Future.succeededFuture(committed)
                    : client.sequencedProducer(-1)
                            .compose(made -> commit.apply(made.producerId()).map(made.producerId()));
            return identified
                    .compose(id -> seat.confirm().map(id))
                    .compose(id -> claimAll(id, usable ? epochs : Map.of()));
        });
    }

    /** Of those that wrote last, by store; -1 for none. */
    private Future<Map<String, Short>> epochs(long id) {
        Map<String, Short> epochs = new HashMap<>();
        if (id < 0) {
            return Future.succeededFuture(epochs);
        }
        SequencedProducer asking = client.sequencedProducer(id, (short) 0);
        List<Future<Void>> asked = new ArrayList<>();
        partitions.forEach((store, partition) ->
                asked.add(asking.position(partition).map(position -> {
                    epochs.put(store, position.epoch());
                    return null;
                })));
        return Future.all(asked).map(epochs);
    }

    private Future<Void> claimAll(long id, Map<String, Short> epochs) {
        producerId = id;
        List<Future<Void>> claimed = new ArrayList<>();
        partitions.forEach((store, partition) -> {
            short epoch = (short) (epochs.getOrDefault(store, (short) -1) + 1);
            SequencedProducer producer = client.sequencedProducer(id, epoch);
            OutgoingRecord claim = new OutgoingRecord(
                    partition.topic(),
                    partition.partition(),
                    CLAIM_KEY,
                    token,
                    List.of(new RecordHeader(CLAIM_HEADER, new byte[0])),
                    System.currentTimeMillis());
            claimed.add(producer.append(partition, 0, List.of(claim)).map(offset -> {
                ChangelogWriter before = writers.put(
                        store, new ChangelogWriter(context, producer, partition, 1, System::currentTimeMillis));
                if (before != null) {
                    before.close();
                }
                return null;
            }));
        });
        return Future.all(claimed).compose(all -> {
            if (closed) {
                close();
                return Future.failedFuture("the task was closed while it claimed its changelogs");
            }
            return Future.succeededFuture();
        });
    }

    static boolean isClaim(ReceivedRecord record) {
        return marked(record, CLAIM_HEADER);
    }

    /** Says when the changes in front of it were written, by its own time; of the same batch, so that it is appended with them. */
    static OutgoingRecord stamp(TopicPartition partition, long nowMillis) {
        return new OutgoingRecord(
                partition.topic(),
                partition.partition(),
                STAMP_KEY,
                new byte[0],
                List.of(new RecordHeader(STAMP_HEADER, new byte[0])),
                nowMillis);
    }

    static boolean isStamp(ReceivedRecord record) {
        return marked(record, STAMP_HEADER);
    }

    private static boolean marked(ReceivedRecord record, String header) {
        List<RecordHeader> headers = record.headers();
        return !headers.isEmpty() && headers.get(0).key().equals(header);
    }

    /** @param last the value of the last claim in a changelog */
    boolean isOurs(byte @Nullable [] last) {
        return Arrays.equals(last, token);
    }

    /** See {@link ChangelogWriter#append}. */
    Future<Long> append(String store, List<OutgoingRecord> changes) {
        return Objects.requireNonNull(writers.get(store), store).append(changes);
    }

    void close() {
        closed = true;
        writers.values().forEach(ChangelogWriter::close);
    }
}
