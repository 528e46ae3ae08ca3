package io.thalweg.streams.runtime;

import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.streams.topology.TaskId;
import io.vertx.core.Future;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** What an instance's tasks ask of its place in the group. From any context; futures complete on the caller's. */
interface GroupSeat {

    /** Commits input offsets for the generation that owns them. */
    Future<Void> commit(Map<TopicPartition, OffsetToCommit> offsets);

    /** Fails if the group does not know this instance in its generation, so that others may own its tasks by now. */
    Future<Void> confirm();

    /** Somebody else has claimed the task's changelogs: if it is still this instance's it is to be begun anew. */
    void fenced(TaskId task);
}
