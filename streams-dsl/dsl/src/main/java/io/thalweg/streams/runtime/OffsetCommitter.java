package io.thalweg.streams.runtime;

import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.vertx.core.Future;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Commits input offsets for the generation that owns them. From any context; completes on the caller's. */
@FunctionalInterface
interface OffsetCommitter {
    Future<Void> commit(Map<TopicPartition, OffsetToCommit> offsets);
}
