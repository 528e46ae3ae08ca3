package io.thalweg.client;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * @param groupId null for a consumer that only assigns
 * @param reset where a partition without a position begins
 * @param autoCommitMillis 0 not to commit by itself
 * @param bufferBytesMax read ahead of the handler, default 4 MiB
 */
public record ConsumerConfig(
        @Nullable String groupId,
        @Nullable String groupInstanceId,
        String clientId,
        Reset reset,
        IsolationLevel isolation,
        int autoCommitMillis,
        int sessionTimeoutMillis,
        int maxWaitMillis,
        int fetchBytesMax,
        long bufferBytesMax) {

    public enum Reset {
        EARLIEST,
        LATEST,
        /** Fail with OFFSET_OUT_OF_RANGE. */
        NONE
    }

    public static ConsumerConfig inGroup(String groupId) {
        return new ConsumerConfig(
                groupId,
                null,
                "thalweg",
                Reset.EARLIEST,
                IsolationLevel.READ_COMMITTED,
                1_000,
                10_000,
                500,
                1 << 20,
                4 << 20);
    }

    public static ConsumerConfig alone() {
        return new ConsumerConfig(
                null, null, "thalweg", Reset.EARLIEST, IsolationLevel.READ_COMMITTED, 0, 10_000, 500, 1 << 20, 4 << 20);
    }
}
