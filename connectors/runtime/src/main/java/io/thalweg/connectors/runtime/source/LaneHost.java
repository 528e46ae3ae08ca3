package io.thalweg.connectors.runtime.source;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.SequencedProducer;
import io.thalweg.connectors.runtime.store.StoredPosition;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What a lane needs of the task around it: the log, the store of positions, and time. Futures complete on the task's context. */
interface LaneHost {

    /** @param producerId -1 for a new one */
    Future<SequencedProducer> producer(long producerId);

    /** How many partitions a topic has now; -1 if there is no such topic. */
    int partitionCount(String topic);

    /** Creates the topic if that is allowed; how many partitions it has. */
    Future<Integer> createTopic(String topic);

    @Nullable
    StoredPosition stored(JsonObject partition);

    Future<Void> store(JsonObject partition, StoredPosition position);

    void schedule(long delayMillis, Runnable task);

    long nowMillis();

    /** So many records got their outcome and leave so much room. */
    void onSettled(int records, long bytes, boolean published);

    /** Whether to go on without a record that the log refuses for good. */
    boolean tolerates(OutgoingRecord record, Throwable refusal);

    /** A record was in the log already. */
    void onResumed(OutgoingRecord record);

    /** Ends the task. */
    void fail(Throwable cause);
}
