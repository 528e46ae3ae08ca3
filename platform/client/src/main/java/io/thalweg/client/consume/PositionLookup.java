package io.thalweg.client.consume;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/** Asks where to begin, again and again while the answer is a retriable error. */
final class PositionLookup {

    private static final int RETRY_MILLIS = 50;
    private static final int ATTEMPTS_MAX = 200;

    private final ContextInternal context;
    private final BrokerApi broker;
    private final ConsumerConfig config;

    PositionLookup(ContextInternal context, BrokerApi broker, ConsumerConfig config) {
        this.context = context;
        this.broker = broker;
        this.config = config;
    }

    /** @param timestamp as in {@link ListOffsetRequest}; a time after the last record gives the end */
    Future<Long> offset(TopicPartition partition, long timestamp) {
        return retried(
                () -> broker.listOffset(new ListOffsetRequest(partition, timestamp, config.isolation(), -1))
                        .compose(listed -> listed.offset() < 0 && timestamp != ListOffsetRequest.LATEST
                                ? offset(partition, ListOffsetRequest.LATEST)
                                : context.succeededFuture(Math.max(0, listed.offset()))),
                1);
    }

    /** Where the configuration says that a partition without a position begins. */
    Future<Long> reset(TopicPartition partition) {
        return switch (config.reset()) {
            case EARLIEST -> offset(partition, ListOffsetRequest.EARLIEST);
            case LATEST -> offset(partition, ListOffsetRequest.LATEST);
            case NONE ->
                context.failedFuture(new ThalwegException(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "no position: partition=" + partition + "; seek, or configure a reset"));
        };
    }

    Future<Map<TopicPartition, CommittedOffset>> committed(String groupId, List<TopicPartition> partitions) {
        return retried(
                () -> broker.groups()
                        .coordinatorOf(groupId)
                        .compose(coordinator -> broker.groups().fetchOffsets(groupId, partitions, true)),
                1);
    }

    private <T> Future<T> retried(Supplier<Future<T>> question, int attempt) {
        return question.get().recover(failure -> {
            if (!ThalwegException.codeOf(failure).retriable() || attempt >= ATTEMPTS_MAX) {
                return context.failedFuture(failure);
            }
            Promise<T> later = context.promise();
            context.setTimer(
                    RETRY_MILLIS, timer -> retried(question, attempt + 1).onComplete(later));
            return later.future();
        });
    }
}
