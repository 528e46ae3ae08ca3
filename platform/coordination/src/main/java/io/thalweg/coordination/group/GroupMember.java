package io.thalweg.coordination.group;

import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.Protocol;
import io.thalweg.coordination.group.api.GroupsApi.SyncedGroup;
import io.thalweg.coordination.runtime.Reply;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One member of a classic group. Changed by {@link ClassicGroup} and {@link ClassicGroupStateMachine} alone. */
final class GroupMember {

    private static final byte[] NOTHING = new byte[0];

    final String memberId;
    final @Nullable String groupInstanceId;
    String clientId;
    String clientHost;
    int rebalanceTimeoutMillis;
    int sessionTimeoutMillis;
    /** In the member's order of preference; only the group's protocol after a load. */
    List<Protocol> protocols;
    /** Of the generation that last became stable; persisted. */
    byte[] assignment = NOTHING;
    /** Never got an answer to a join, so it has no member id to heartbeat with. */
    boolean isNew;
    /** Monotonic; the session timer looks at it when it runs, so a heartbeat only moves this. */
    long sessionDeadlineNanos;
    /** Set while the member waits for the join phase to end. Counted by the group: change it through the group. */
    @Nullable
    Reply<JoinedGroup> joinReply;
    /** Set while the member waits for the leader's assignments. */
    @Nullable
    Reply<SyncedGroup> syncReply;

    GroupMember(
            String memberId,
            @Nullable String groupInstanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMillis,
            int sessionTimeoutMillis,
            List<Protocol> protocols) {
        this.memberId = memberId;
        this.groupInstanceId = groupInstanceId;
        this.clientId = clientId;
        this.clientHost = clientHost;
        this.rebalanceTimeoutMillis = rebalanceTimeoutMillis;
        this.sessionTimeoutMillis = sessionTimeoutMillis;
        this.protocols = List.copyOf(protocols);
    }

    boolean isAwaitingJoin() {
        return joinReply != null;
    }

    boolean isAwaitingSync() {
        return syncReply != null;
    }

    boolean isStatic() {
        return groupInstanceId != null;
    }

    /** The metadata for a protocol; empty if the member does not support it. */
    byte[] metadata(@Nullable String protocolName) {
        for (Protocol protocol : protocols) {
            if (protocol.name().equals(protocolName)) {
                return protocol.metadata();
            }
        }
        return NOTHING;
    }

    /** Whether the member asks for exactly what it asked for before. */
    boolean matches(List<Protocol> others) {
        if (others.size() != protocols.size()) {
            return false;
        }
        for (int i = 0; i < others.size(); i++) {
            Protocol mine = protocols.get(i);
            Protocol other = others.get(i);
            if (!mine.name().equals(other.name()) || !Arrays.equals(mine.metadata(), other.metadata())) {
                return false;
            }
        }
        return true;
    }
}
