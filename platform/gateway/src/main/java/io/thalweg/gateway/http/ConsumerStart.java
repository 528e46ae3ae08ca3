package io.thalweg.gateway.http;

import io.thalweg.client.Consumer;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Starts a consumer that has no reset at known positions, so that it never silently begins elsewhere. */
final class ConsumerStart {
    private ConsumerStart() {}

    /** The consumer must be paused. Completes when it stands at each position. */
    static Future<Void> at(Consumer consumer, Map<TopicPartition, Long> positions) {
        return consumer.assign(positions.keySet())
                // Without a reset, an assignment without positions fails by design; they come next.
                .recover(failure -> ThalwegException.codeOf(failure) == ErrorCode.OFFSET_OUT_OF_RANGE
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure))
                .compose(assigned -> Future.all(positions.entrySet().stream()
                                .map(position -> consumer.seek(position.getKey(), position.getValue()))
                                .toList())
                        .mapEmpty());
    }
}
