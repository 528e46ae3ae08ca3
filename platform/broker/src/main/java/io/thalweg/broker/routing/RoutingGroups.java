package io.thalweg.broker.routing;

import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.coordination.group.api.GroupsApi;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Groups, wherever their coordinator is. */
final class RoutingGroups implements GroupsApi {

    /** How long a coordinator is looked for; members are told after that, and look themselves. */
    private static final long LOOK_MILLIS = 5_000;

    /** A rebalance takes as long as its slowest member may. */
    private static final long MARGIN_MILLIS = 10_000;

    private final Router router;
    private final GroupsApi local;

    RoutingGroups(Router router) {
        this.router = router;
        this.local = router.local.groups();
    }

    @Override
    public Future<Integer> coordinatorOf(String groupId) {
        return local.coordinatorOf(groupId);
    }

    @Override
    public Future<JoinedGroup> join(JoinGroup request) {
        return toCoordinator(
                request.groupId(),
                () -> local.join(request),
                Call.GROUP_JOIN,
                out -> GroupCalls.write(out, request),
                GroupCalls::joinedGroup,
                (long) request.rebalanceTimeoutMillis() + request.sessionTimeoutMillis() + MARGIN_MILLIS);
    }

    @Override
    public Future<SyncedGroup> sync(SyncGroup request) {
        return toCoordinator(
                request.groupId(),
                () -> local.sync(request),
                Call.GROUP_SYNC,
                out -> GroupCalls.write(out, request),
                GroupCalls::syncedGroup,
                TimeUnit.MINUTES.toMillis(5));
    }

    @Override
    public Future<Void> heartbeat(String groupId, int generation, String memberId, @Nullable String groupInstanceId) {
        return toCoordinator(
                groupId,
                () -> local.heartbeat(groupId, generation, memberId, groupInstanceId),
                Call.GROUP_HEARTBEAT,
                out -> out.string(groupId).int32(generation).string(memberId).string(groupInstanceId),
                RoutingGroups::nothing,
                router.callMillisMax());
    }

    @Override
    public Future<List<LeaveOutcome>> leave(String groupId, List<LeavingMember> members) {
        return toCoordinator(
                groupId,
                () -> local.leave(groupId, members),
                Call.GROUP_LEAVE,
                out -> GroupCalls.writeMembers(out.string(groupId), members),
                GroupCalls::outcomes,
                router.callMillisMax());
    }

    @Override
    public Future<Map<TopicPartition, ErrorCode>> commitOffsets(CommitOffsets request) {
        return toCoordinator(
                request.groupId(),
                () -> local.commitOffsets(request),
                Call.GROUP_COMMIT,
                out -> GroupCalls.write(out, request),
                GroupCalls::errors,
                router.callMillisMax());
    }

    @Override
    public Future<Map<TopicPartition, CommittedOffset>> fetchOffsets(
            String groupId, @Nullable List<TopicPartition> partitions, boolean requireStable) {
        if (router.cluster().topic(Router.OFFSETS_TOPIC) == null) {
            return Future.succeededFuture(Map.of());
        }
        return toCoordinator(
                groupId,
                () -> local.fetchOffsets(groupId, partitions, requireStable),
                Call.GROUP_FETCH_OFFSETS,
                out -> {
                    GroupCalls.writePartitions(out.string(groupId), partitions);
                    out.bool(requireStable);
                },
                GroupCalls::committed,
                router.callMillisMax());
    }

    /** All groups of the cluster, as far as their coordinators answer. */
    @Override
    public Future<List<GroupListing>> list() {
        List<Future<List<GroupListing>>> asked = new ArrayList<>();
        for (BrokerNode broker : router.cluster().brokers()) {
            if (router.isReachable(broker.id())) {
                asked.add(
                        broker.id() == router.self
                                ? local.list()
                                : router.call(
                                        broker.id(),
                                        Call.GROUP_LIST,
                                        new WireWriter().buffer(),
                                        router.callMillisMax(),
                                        GroupCalls::listings));
            }
        }
        return Future.all(asked)
                .map(all -> asked.stream()
                        .flatMap(answer -> answer.result().stream())
                        .toList());
    }

    @Override
    public Future<GroupDescription> describe(String groupId) {
        return toExisting(
                groupId,
                () -> local.describe(groupId),
                Call.GROUP_DESCRIBE,
                out -> out.string(groupId),
                GroupCalls::description);
    }

    @Override
    public Future<Void> delete(String groupId) {
        return toExisting(
                groupId,
                () -> local.delete(groupId),
                Call.GROUP_DELETE,
                out -> out.string(groupId),
                RoutingGroups::nothing);
    }

    @Override
    public Future<Map<TopicPartition, ErrorCode>> deleteOffsets(String groupId, List<TopicPartition> partitions) {
        return toExisting(
                groupId,
                () -> local.deleteOffsets(groupId, partitions),
                Call.GROUP_DELETE_OFFSETS,
                out -> out.string(groupId).list(partitions, WireWriter::partition),
                GroupCalls::errors);
    }

    @SuppressWarnings("NullAway") // Void has no value but null.
    private static Void nothing(WireReader in) {
        return null;
    }

    /** Makes no sense for a group that does not exist: the offsets topic is not made for it. */
    private <T> Future<T> toExisting(
            String groupId, Here<T> here, Call call, Consumer<WireWriter> request, Function<WireReader, T> answer) {
        if (router.cluster().topic(Router.OFFSETS_TOPIC) == null) {
            // Says what there is to say.
            return here.ask();
        }
        return toCoordinator(groupId, here, call, request, answer, router.callMillisMax());
    }

    private interface Here<T> {
        Future<T> ask();
    }

    private <T> Future<T> toCoordinator(
            String groupId,
            Here<T> here,
            Call call,
            Consumer<WireWriter> request,
            Function<WireReader, T> answer,
            long waitMillis) {
        return toCoordinator(groupId, here, call, request, answer, waitMillis, router.deadlineNanos(LOOK_MILLIS));
    }

    private <T> Future<T> toCoordinator(
            String groupId,
            Here<T> here,
            Call call,
            Consumer<WireWriter> request,
            Function<WireReader, T> answer,
            long waitMillis,
            long deadlineNanos) {
        return local.coordinatorOf(groupId)
                .recover(failure -> Future.failedFuture(
                        ThalwegException.codeOf(failure) == ErrorCode.COORDINATOR_NOT_AVAILABLE
                                ? new ThalwegException(
                                        ErrorCode.NOT_COORDINATOR, String.valueOf(failure.getMessage()), failure)
                                : failure))
                .compose(coordinator -> ask(coordinator, here, call, request, answer, waitMillis))
                .recover(failure -> isElsewhere(failure) && !router.isOver(deadlineNanos)
                        ? router.later()
                                .compose(waited ->
                                        toCoordinator(groupId, here, call, request, answer, waitMillis, deadlineNanos))
                        : Future.failedFuture(failure));
    }

    private <T> Future<T> ask(
            int coordinator,
            Here<T> here,
            Call call,
            Consumer<WireWriter> request,
            Function<WireReader, T> answer,
            long waitMillis) {
        if (coordinator == router.self) {
            return here.ask();
        }
        if (!router.isReachable(coordinator)) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.NOT_COORDINATOR, "the coordinator cannot be reached: broker=" + coordinator));
        }
        WireWriter out = new WireWriter();
        request.accept(out);
        return router.call(coordinator, call, out.buffer(), Math.min(waitMillis, TimeUnit.MINUTES.toMillis(5)), answer)
                .recover(failure -> Future.failedFuture(
                        ThalwegException.codeOf(failure) == ErrorCode.NETWORK_EXCEPTION
                                ? new ThalwegException(
                                        ErrorCode.COORDINATOR_NOT_AVAILABLE,
                                        "the coordinator went away before it answered: broker=" + coordinator
                                                + "; ask again",
                                        failure)
                                : failure));
    }

    /** Whether nothing was done, and another broker, or this one in a moment, would do it. */
    private static boolean isElsewhere(Throwable failure) {
        ErrorCode why = ThalwegException.codeOf(failure);
        return why == ErrorCode.NOT_COORDINATOR || why == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
    }
}
