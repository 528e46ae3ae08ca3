package io.thalweg.coordination.group.record;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group as it lies in the log: written when a generation gets its assignment and when a group becomes empty.
 *
 * @param stateTimestampMillis wall time since when the group is in its state; -1 if not known
 */
public record GroupValue(
        String protocolType,
        int generation,
        @Nullable String protocolName,
        @Nullable String leaderId,
        long stateTimestampMillis,
        List<Member> members) {

    public GroupValue {
        members = List.copyOf(members);
    }

    /** @param subscription the member's metadata for the group's protocol */
    public record Member(
            String memberId,
            @Nullable String groupInstanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMillis,
            int sessionTimeoutMillis,
            byte[] subscription,
            byte[] assignment) {}
}
