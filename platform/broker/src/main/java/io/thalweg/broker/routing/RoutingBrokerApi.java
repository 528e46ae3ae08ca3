package io.thalweg.broker.routing;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.coordination.group.api.GroupsApi;
import io.thalweg.environment.Clock;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * {@link BrokerApi} over the whole cluster: what this node does not lead or coordinate goes to the one that does, over one hop, and
 * is asked again while that changes.
 */
public final class RoutingBrokerApi implements BrokerApi {

    /** Lanes of partitions in which nothing is under way are let go beyond so many. */
    private static final int LANES_KEPT = 10_000;

    private final Router router;
    private final BrokerApi local;
    private final GroupsApi groups;
    private final ClusterAdmin admin;
    private final Map<TopicPartition, AppendLane> lanes = new ConcurrentHashMap<>();
    private volatile int lanesMax = LANES_KEPT;

    /**
     * @param local serves what this node leads
     * @param connected whether a broker can be called now
     * @param callMillisMax of everything but long polls and rebalances
     */
    public RoutingBrokerApi(
            Vertx vertx,
            Clock clock,
            BrokerApi local,
            int self,
            PeerRpc rpc,
            IntPredicate connected,
            long callMillisMax) {
        this.router = new Router(vertx, clock, local, self, rpc, connected, callMillisMax);
        this.local = local;
        this.groups = new RoutingGroups(router);
        this.admin = new SizedPlans(local.admin(), this);
    }

    @Override
    public Future<AppendResult> append(AppendRequest request) {
        Promise<AppendResult> promise = context().promise();
        AppendLane lane = lanes.compute(
                request.partition(), (name, known) -> (known == null ? new AppendLane(router) : known).enter());
        lane.append(request, promise);
        if (lanes.size() > lanesMax) {
            letGoOfIdleLanes();
        }
        return promise.future();
    }

    private void letGoOfIdleLanes() {
        for (TopicPartition name : lanes.keySet()) {
            lanes.computeIfPresent(name, (same, lane) -> lane.isIdle() ? null : lane);
        }
        // Where so many are busy at once it is not looked at each time.
        lanesMax = Math.max(LANES_KEPT, 2 * lanes.size());
    }

    @Override
    public boolean appendsCongested() {
        return local.appendsCongested();
    }

    @Override
    public Future<Void> appendsUncongested() {
        return local.appendsUncongested();
    }

    @Override
    public Future<FetchResult> fetch(FetchRequest request) {
        if (isHere(request)) {
            return local.fetch(request);
        }
        ContextInternal context = context();
        if (context.isRunningOnContext()) {
            return new RoutedFetch(router, request, context).begin();
        }
        Promise<FetchResult> promise = context.promise();
        context.runOnContext(
                nothing -> new RoutedFetch(router, request, context).begin().onComplete(promise));
        return promise.future();
    }

    private boolean isHere(FetchRequest request) {
        for (FetchPartition partition : request.partitions()) {
            PartitionView known = local.cluster().partition(partition.partition());
            if (known == null || known.leader() != router.self) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Future<ListedOffset> listOffset(ListOffsetRequest request) {
        return here(router.toLeader(
                request.partition(),
                () -> local.listOffset(request),
                Call.LIST_OFFSET,
                RecordCalls.encode(request),
                RecordCalls::listedOffset));
    }

    @Override
    public Future<EpochEndOffset> endOfEpoch(TopicPartition partition, int currentLeaderEpoch, int leaderEpoch) {
        return here(router.toLeader(
                partition,
                () -> local.endOfEpoch(partition, currentLeaderEpoch, leaderEpoch),
                Call.END_OF_EPOCH,
                new WireWriter()
                        .partition(partition)
                        .int32(currentLeaderEpoch)
                        .int32(leaderEpoch)
                        .buffer(),
                RecordCalls::epochEnd));
    }

    @Override
    public Future<Long> deleteRecords(TopicPartition partition, long beforeOffset) {
        return here(router.toLeader(
                partition,
                () -> local.deleteRecords(partition, beforeOffset),
                Call.DELETE_RECORDS,
                new WireWriter().partition(partition).int64(beforeOffset).buffer(),
                WireReader::int64));
    }

    @Override
    public Future<ProducerIdAndEpoch> initProducerId(long producerId, short producerEpoch) {
        return local.initProducerId(producerId, producerEpoch);
    }

    @Override
    public Future<ProducerPosition> producerPosition(TopicPartition partition, long producerId) {
        return here(router.toLeader(
                partition,
                () -> local.producerPosition(partition, producerId),
                Call.PRODUCER_POSITION,
                new WireWriter().partition(partition).int64(producerId).buffer(),
                RecordCalls::producerPosition));
    }

    @Override
    public ClusterView cluster() {
        return local.cluster();
    }

    @Override
    public TopicsApi topics() {
        return local.topics();
    }

    @Override
    public GroupsApi groups() {
        return groups;
    }

    @Override
    public ClusterAdmin admin() {
        return admin;
    }

    @Override
    public void advertise(String door, String host, int port) {
        local.advertise(door, host, port);
    }

    /** Of each partition what its leader says, or else anybody who holds it. */
    @Override
    public Future<List<PartitionStatus>> describeLogs(@Nullable List<TopicPartition> wanted) {
        Map<Integer, Future<List<PartitionStatus>>> asked = new HashMap<>();
        for (BrokerNode broker : local.cluster().brokers()) {
            if (router.isReachable(broker.id())) {
                Future<List<PartitionStatus>> answer = broker.id() == router.self
                        ? local.describeLogs(wanted)
                        : router.call(
                                broker.id(),
                                Call.DESCRIBE_LOGS,
                                RecordCalls.encodeWanted(wanted),
                                router.callMillisMax(),
                                RecordCalls::statuses);
                asked.put(broker.id(), answer);
            }
        }
        return here(Future.join(new ArrayList<>(asked.values())).transform(all -> {
            Map<TopicPartition, PartitionStatus> best = new HashMap<>();
            asked.forEach((broker, answer) -> {
                if (answer.succeeded()) {
                    answer.result()
                            .forEach(status -> best.merge(
                                    status.partition(),
                                    status,
                                    (known, other) -> leads(broker, other.partition()) ? other : known));
                }
            });
            return Future.succeededFuture(List.copyOf(best.values()));
        }));
    }

    private boolean leads(int broker, TopicPartition name) {
        PartitionView partition = local.cluster().partition(name);
        return partition != null && partition.leader() == broker;
    }

    private ContextInternal context() {
        return (ContextInternal) router.vertx.getOrCreateContext();
    }

    /** The same outcome, on the caller's context; anything that is no failure of ours is one of the node. */
    private <T> Future<T> here(Future<T> outcome) {
        Promise<T> promise = context().promise();
        outcome.onComplete(result -> {
            if (result.succeeded()) {
                promise.complete(result.result());
            } else {
                promise.fail(known(result.cause()));
            }
        });
        return promise.future();
    }

    private static Throwable known(Throwable failure) {
        return failure instanceof ThalwegException
                ? failure
                : new ThalwegException(
                        ErrorCode.UNKNOWN_SERVER_ERROR, "a call to another broker failed: " + failure, failure);
    }
}
