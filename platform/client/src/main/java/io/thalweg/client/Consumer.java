package io.thalweg.client;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads records, alone ({@link #assign}) or as a member of a group ({@link #subscribe}), in offset order for each
 * partition. As a {@link ReadStream} it is held back by {@code pause} and {@code fetch}; what it holds for a slow reader
 * is bounded by {@link ConsumerConfig#bufferBytesMax()}.
 */
public interface Consumer extends ReadStream<ReceivedRecord> {

    /** Joins the configured group for these topics; Kafka's protocol, so that Kafka clients may share the group. */
    Future<Void> subscribe(Set<String> topics);

    /** Reads these partitions and no others, in no group. Positions begin at the configured reset. */
    Future<Void> assign(Set<TopicPartition> partitions);

    Future<Void> seek(TopicPartition partition, long offset);

    Future<Void> seekToBeginning(Collection<TopicPartition> partitions);

    Future<Void> seekToEnd(Collection<TopicPartition> partitions);

    /** First offset at or after each time; a partition without one is set to its end. */
    Future<Void> seekToTimestamp(Collection<TopicPartition> partitions, long timestampMillis);

    /** The next offset that the handler will be given, for each assigned partition. */
    Map<TopicPartition, Long> positions();

    Set<TopicPartition> assignment();

    Consumer pause(Collection<TopicPartition> partitions);

    Consumer resume(Collection<TopicPartition> partitions);

    /** Commits what the handler was given so far. */
    Future<Void> commit();

    Future<Void> commit(Map<TopicPartition, Long> nextOffsets);

    /** Hears of partitions gained and lost; called before records of a gained one and after the last of a lost one. */
    Consumer assignmentHandler(@Nullable Handler<AssignmentChange> handler);

    /**
     * Asked before partitions are given back in a rebalance, after their last record: they are kept until the future
     * completes, so that what was done with their records can be finished and committed. Bounded by the group's rebalance
     * timeout. Not asked for partitions that were lost already.
     */
    Consumer revocationHandler(@Nullable Function<Set<TopicPartition>, Future<Void>> handler);

    /** Records of several at once, in place of {@link #handler}. */
    Consumer batchHandler(@Nullable Handler<List<ReceivedRecord>> handler);

    /** Leaves the group at once (committing, if so configured) and stops. */
    Future<Void> close();

    record AssignmentChange(Set<TopicPartition> gained, Set<TopicPartition> lost) {}

    @Override
    Consumer exceptionHandler(@Nullable Handler<Throwable> handler);

    @Override
    Consumer handler(@Nullable Handler<ReceivedRecord> handler);

    @Override
    Consumer pause();

    @Override
    Consumer resume();

    @Override
    Consumer fetch(long amount);

    @Override
    Consumer endHandler(@Nullable Handler<Void> endHandler);
}
