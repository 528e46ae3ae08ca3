package io.thalweg.client.membership;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.coordination.group.api.GroupsApi;
import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.JoinGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.LeavingMember;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.coordination.group.api.GroupsApi.SyncGroup;
import io.thalweg.coordination.group.api.GroupsApi.SyncedGroup;
import io.thalweg.coordination.group.api.MemberIdRequiredException;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One member of one group. {@link MembershipState} draws its life. */
public final class GroupMembership {

    private static final Logger LOGGER = LoggerFactory.getLogger(GroupMembership.class);
    private static final int REBALANCE_TIMEOUT_MILLIS = 60_000;
    private static final int HEARTBEAT_MILLIS_MAX = 1_000;
    private static final int BACKOFF_MIN_MILLIS = 20;
    private static final int BACKOFF_MAX_MILLIS = 1_000;
    private static final int COMMIT_ATTEMPTS_MAX = 10;
    private static final int LOOKUP_ATTEMPTS_MAX = 100;

    private final ContextInternal context;
    private final BrokerApi broker;
    private final ConsumerConfig config;
    private final String groupId;
    private final MembershipListener listener;
    private final List<ConsumerPartitionAssignor> assignors;

    private MembershipState state = MembershipState.IDLE;
    private Set<String> topics = Set.of();

    /** What the coordinator was told that this member reads. */
    private Set<String> joinedTopics = Set.of();

    /** Empty before the coordinator gave one. */
    private String memberId = "";

    /** -1 while this member owns nothing that it may commit for. */
    private int generation = -1;

    /** What the leader assigned by, to notice that partitions were added; null if this member does not lead. */
    private @Nullable Map<String, Integer> assignedBy;

    private long viewVersion = -1;

    /** Grows with each attempt to join; an answer to an earlier one is stale. */
    private int attempt;

    private int failuresInARow;
    private boolean heartbeating;
    private long heartbeatTimer = -1;

    /** When the coordinator was last asked something that it answered to a member; written on the context. */
    private volatile long heardNanos = System.nanoTime() - Long.MAX_VALUE / 2;

    private @Nullable Promise<Void> firstAssignment;

    /** Commits go one after the other, so that a later one is never overtaken. */
    private Future<Void> lastCommit = Future.succeededFuture();

    public GroupMembership(
            ContextInternal context,
            BrokerApi broker,
            ConsumerConfig config,
            String groupId,
            MembershipListener listener) {
        this(context, broker, config, groupId, listener, GroupAssignment.ASSIGNORS);
    }

    /** @param assignors all that this member can do, in order of preference, in place of Kafka's own */
    public GroupMembership(
            ContextInternal context,
            BrokerApi broker,
            ConsumerConfig config,
            String groupId,
            MembershipListener listener,
            List<ConsumerPartitionAssignor> assignors) {
        this.context = context;
        this.broker = broker;
        this.config = config;
        this.groupId = groupId;
        this.listener = listener;
        this.assignors = List.copyOf(assignors);
    }

    /** Joins, or joins again for other topics. Completes with the first assignment after it. */
    public Future<Void> subscribe(Set<String> newTopics) {
        if (state == MembershipState.FAILED || state == MembershipState.LEFT) {
            return context.failedFuture(new ThalwegException(
                    ErrorCode.UNKNOWN_MEMBER_ID, "the membership ended: groupId=" + groupId + " state=" + state));
        }
        topics = Set.copyOf(newTopics);
        Promise<Void> assigned = firstAssignment;
        if (assigned == null) {
            assigned = context.promise();
            firstAssignment = assigned;
        }
        if (state == MembershipState.IDLE) {
            int interval = Math.max(1, Math.min(HEARTBEAT_MILLIS_MAX, config.sessionTimeoutMillis() / 3));
            heartbeatTimer = context.setPeriodic(interval, timer -> heartbeat());
            join("subscribed");
        } else if (state == MembershipState.STABLE) {
            revokeAndJoin("subscription changed");
        }
        return assigned.future();
    }

    /**
     * Commits for the partitions that this member owns, or from outside of any membership if it never subscribed. Fails
     * with ILLEGAL_GENERATION or UNKNOWN_MEMBER_ID when others own them by now.
     */
    public Future<Void> commit(Map<TopicPartition, Long> nextOffsets) {
        Map<TopicPartition, OffsetToCommit> offsets = new HashMap<>();
        nextOffsets.forEach((partition, offset) -> offsets.put(partition, new OffsetToCommit(offset, -1, "")));
        return commitOffsets(offsets);
    }

    /** As {@link #commit}, with an epoch and a text of the member's own beside each offset. */
    public Future<Void> commitOffsets(Map<TopicPartition, OffsetToCommit> offsets) {
        if (offsets.isEmpty()) {
            return lastCommit.recover(failure -> context.succeededFuture());
        }
        if (state != MembershipState.IDLE && generation < 0) {
            return context.failedFuture(new ThalwegException(
                    ErrorCode.ILLEGAL_GENERATION, "commit refused, the partitions are lost: groupId=" + groupId));
        }
        CommitOffsets request = new CommitOffsets(
                groupId,
                generation,
                memberId,
                generation < 0 ? null : config.groupInstanceId(),
                Map.copyOf(offsets),
                -1);
        lastCommit = lastCommit.transform(before -> commit(request, 1));
        return lastCommit;
    }

    /** What the group committed; a partition without a commit is absent. Retries while the coordinator is not ready. */
    public Future<Map<TopicPartition, CommittedOffset>> committed(List<TopicPartition> partitions) {
        return committed(List.copyOf(partitions), 1);
    }

    private Future<Map<TopicPartition, CommittedOffset>> committed(List<TopicPartition> partitions, int tries) {
        return groups().coordinatorOf(groupId)
                .compose(coordinator -> groups().fetchOffsets(groupId, partitions, true))
                .recover(failure -> ThalwegException.codeOf(failure).retriable()
                                && tries < LOOKUP_ATTEMPTS_MAX
                                && state != MembershipState.LEFT
                        ? pause(tries).compose(waited -> committed(partitions, tries + 1))
                        : context.failedFuture(failure));
    }

    /** The generation that this member belongs to; -1 while it owns nothing that it may commit for. */
    public int generation() {
        return generation;
    }

    /**
     * When the coordinator was last asked something that it answered to a member, by {@link System#nanoTime}: until the
     * session timeout has passed since then it gives nobody else what this member owns. From any thread.
     */
    public long heardNanos() {
        return heardNanos;
    }

    /** The id that the coordinator gave; empty before. */
    public String memberId() {
        return memberId;
    }

    /** Stops at once; a dynamic member leaves, so that the others need not wait for its session to end. */
    public Future<Void> leave() {
        context.owner().cancelTimer(heartbeatTimer);
        boolean member = !memberId.isEmpty() && state != MembershipState.FAILED;
        transitionTo(MembershipState.LEFT, "closed");
        attempt++;
        generation = -1;
        failFirstAssignment(new ThalwegException(ErrorCode.UNKNOWN_MEMBER_ID, "the consumer was closed"));
        if (!member || config.groupInstanceId() != null) {
            return context.succeededFuture();
        }
        return groups().leave(groupId, List.of(new LeavingMember(memberId, null, "closed")))
                .recover(failure -> context.succeededFuture(List.of())) // its session ends by itself
                .mapEmpty();
    }

    private Future<Void> commit(CommitOffsets request, int tries) {
        return groups().commitOffsets(request)
                .compose(outcomes -> {
                    for (Map.Entry<TopicPartition, ErrorCode> outcome : outcomes.entrySet()) {
                        if (outcome.getValue() != ErrorCode.NONE) {
                            return Future.failedFuture(new ThalwegException(
                                    outcome.getValue(),
                                    "commit refused: groupId=" + groupId + " partition=" + outcome.getKey()));
                        }
                    }
                    return Future.<Void>succeededFuture();
                })
                .recover(failure -> {
                    ErrorCode error = ThalwegException.codeOf(failure);
                    if (error.retriable() && tries < COMMIT_ATTEMPTS_MAX && state != MembershipState.LEFT) {
                        return pause(tries).compose(waited -> commit(request, tries + 1));
                    }
                    if (error == ErrorCode.ILLEGAL_GENERATION || error == ErrorCode.UNKNOWN_MEMBER_ID) {
                        heartbeat(); // learns at once that the generation is over
                    }
                    return Future.failedFuture(failure);
                });
    }

    // ---- the round

    private void revokeAndJoin(String reason) {
        transitionTo(MembershipState.REVOKING, reason);
        int expected = ++attempt;
        listener.onRevoke().onComplete(revoked -> {
            if (expected == attempt) {
                join(reason);
            }
        });
    }

    private void join(String reason) {
        transitionTo(MembershipState.JOINING, reason);
        generation = -1;
        assignedBy = null;
        joinedTopics = topics;
        int expected = ++attempt;
        groups().coordinatorOf(groupId)
                .compose(coordinator -> groups().join(new JoinGroup(
                        groupId,
                        memberId,
                        config.groupInstanceId(),
                        config.clientId(),
                        "/in-process",
                        config.sessionTimeoutMillis(),
                        Math.max(config.sessionTimeoutMillis(), REBALANCE_TIMEOUT_MILLIS),
                        GroupAssignment.protocolType(),
                        GroupAssignment.protocols(topics, assignors),
                        false,
                        reason)))
                .onComplete(outcome -> {
                    if (expected != attempt) {
                        forgetJoin(outcome.succeeded() ? outcome.result() : null);
                    } else if (outcome.succeeded()) {
                        sync(outcome.result());
                    } else {
                        onRoundFailed(outcome.cause());
                    }
                });
    }

    /** The answer came after this consumer was closed: nobody will heartbeat for that member. */
    private void forgetJoin(@Nullable JoinedGroup joined) {
        if (joined != null && state == MembershipState.LEFT && config.groupInstanceId() == null) {
            groups().leave(groupId, List.of(new LeavingMember(joined.memberId(), null, "closed")))
                    .onFailure(failure -> LOGGER.atDebug()
                            .addKeyValue("groupId", groupId)
                            .addKeyValue("error", failure.getMessage())
                            .log("could not leave"));
        }
    }

    private void sync(JoinedGroup joined) {
        memberId = joined.memberId();
        generation = joined.generation();
        transitionTo(MembershipState.SYNCING, "joined");
        Map<String, byte[]> assignments = Map.of();
        if (joined.memberId().equals(joined.leaderId())) {
            try {
                ClusterView view = broker.cluster();
                viewVersion = view.version();
                assignedBy = GroupAssignment.partitionCounts(GroupAssignment.topicsOf(joined.members()), view);
                if (!joined.skipAssignment()) {
                    String protocol = joined.protocolName() == null ? "" : joined.protocolName();
                    assignments = GroupAssignment.assign(protocol, joined.members(), view, assignors);
                }
            } catch (RuntimeException refused) {
                onRoundFailed(refused);
                return;
            }
        }
        int expected = attempt;
        long askedNanos = System.nanoTime();
        groups().sync(new SyncGroup(
                        groupId,
                        generation,
                        memberId,
                        config.groupInstanceId(),
                        joined.protocolType(),
                        joined.protocolName(),
                        assignments))
                .onComplete(outcome -> {
                    if (expected != attempt) {
                        return;
                    }
                    if (outcome.succeeded()) {
                        heardNanos = askedNanos;
                        onSynced(outcome.result());
                    } else {
                        onRoundFailed(outcome.cause());
                    }
                });
    }

    private void onSynced(SyncedGroup synced) {
        Set<TopicPartition> partitions;
        try {
            partitions = GroupAssignment.partitions(synced.assignment());
        } catch (ThalwegException malformed) {
            onRoundFailed(malformed);
            return;
        }
        failuresInARow = 0;
        transitionTo(MembershipState.STABLE, "assigned");
        if (!joinedTopics.equals(topics)) {
            revokeAndJoin("subscription changed");
            return;
        }
        listener.onAssigned(partitions);
        Promise<Void> assigned = firstAssignment;
        firstAssignment = null;
        if (assigned != null) {
            assigned.complete();
        }
    }

    private void onRoundFailed(Throwable failure) {
        ErrorCode error = ThalwegException.codeOf(failure);
        if (failure instanceof MemberIdRequiredException required) {
            memberId = required.memberId();
            waitAndJoin(0, error);
            return;
        }
        switch (error) {
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> {
                if (error == ErrorCode.UNKNOWN_MEMBER_ID) {
                    memberId = "";
                }
                waitAndJoin(++failuresInARow, error);
            }
            case REBALANCE_IN_PROGRESS, UNSTABLE_OFFSET_COMMIT -> waitAndJoin(++failuresInARow, error);
            default -> {
                if (error.retriable()) {
                    waitAndJoin(++failuresInARow, error);
                } else {
                    fail(failure);
                }
            }
        }
    }

    private void waitAndJoin(int failures, ErrorCode error) {
        transitionTo(MembershipState.WAITING, error.name());
        generation = -1;
        int expected = ++attempt;
        pause(failures).onComplete(waited -> {
            if (expected == attempt) {
                join(error.name());
            }
        });
    }

    private void fail(Throwable failure) {
        transitionTo(MembershipState.FAILED, ThalwegException.codeOf(failure).name());
        attempt++;
        generation = -1;
        context.owner().cancelTimer(heartbeatTimer);
        if (!failFirstAssignment(failure)) {
            listener.onFailed(failure);
        }
    }

    private boolean failFirstAssignment(Throwable failure) {
        Promise<Void> assigned = firstAssignment;
        firstAssignment = null;
        return assigned != null && assigned.tryFail(failure);
    }

    // ---- while stable

    private void heartbeat() {
        if (state != MembershipState.STABLE && state != MembershipState.REVOKING) {
            return;
        }
        if (state == MembershipState.STABLE && partitionsChanged()) {
            revokeAndJoin("partitions changed");
        }
        if (heartbeating) {
            return;
        }
        heartbeating = true;
        int expected = generation;
        long askedNanos = System.nanoTime();
        groups().heartbeat(groupId, generation, memberId, config.groupInstanceId())
                .onComplete(outcome -> {
                    heartbeating = false;
                    if (outcome.succeeded()) {
                        heardNanos = askedNanos;
                    }
                    if (outcome.failed() && expected == generation && state == MembershipState.STABLE) {
                        onHeartbeatFailed(outcome.cause());
                    }
                });
    }

    private void onHeartbeatFailed(Throwable failure) {
        ErrorCode error = ThalwegException.codeOf(failure);
        switch (error) {
            case REBALANCE_IN_PROGRESS -> revokeAndJoin("rebalance");
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> {
                if (error == ErrorCode.UNKNOWN_MEMBER_ID) {
                    memberId = "";
                }
                generation = -1;
                listener.onLost();
                waitAndJoin(1, error);
            }
            default -> {
                if (!error.retriable() && error != ErrorCode.UNKNOWN_SERVER_ERROR) {
                    generation = -1;
                    listener.onLost();
                    fail(failure);
                }
            }
        }
    }

    /** Only the leader looks, as in Kafka's clients; the others learn it by the rebalance. */
    private boolean partitionsChanged() {
        Map<String, Integer> before = assignedBy;
        ClusterView view = broker.cluster();
        if (before == null || view.version() == viewVersion) {
            return false;
        }
        viewVersion = view.version();
        return !GroupAssignment.partitionCounts(before.keySet(), view).equals(before);
    }

    private Future<Void> pause(int failures) {
        Promise<Void> promise = context.promise();
        if (failures == 0) {
            promise.complete();
        } else {
            long ceiling = Math.min(BACKOFF_MAX_MILLIS, (long) BACKOFF_MIN_MILLIS << Math.min(failures, 10));
            long millis = ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2 + 1);
            context.setTimer(Math.max(1, millis), timer -> promise.complete());
        }
        return promise.future();
    }

    private GroupsApi groups() {
        return broker.groups();
    }

    private void transitionTo(MembershipState next, String reason) {
        if (!state.canTransitionTo(next)) {
            throw new IllegalStateException("membership: from=" + state + " to=" + next + " reason=" + reason);
        }
        LOGGER.atDebug()
                .addKeyValue("groupId", groupId)
                .addKeyValue("memberId", memberId)
                .addKeyValue("epoch", generation)
                .log("{} -> {}: {}", state, next, reason);
        state = next;
    }
}
