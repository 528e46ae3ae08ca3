package io.thalweg.broker;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.broker.fetch.FetchHandler;
import io.thalweg.broker.metadata.Topology;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.partition.Partitions;
import io.thalweg.broker.storage.InFlightBytes;
import io.thalweg.broker.storage.LogWriter;
import io.thalweg.broker.storage.PendingAppend;
import io.thalweg.coordination.group.api.GroupsApi;
import io.thalweg.environment.Clock;
import io.thalweg.log.Append;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchValidator;
import io.thalweg.log.record.ValidatedBatches;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** {@link BrokerApi} over the partitions of this node. */
final class LocalBrokerApi implements BrokerApi {

    private final Vertx vertx;
    private final Clock clock;
    private final Partitions partitions;
    private final LogWriter writer;
    private final InFlightBytes inFlight;
    private final FetchHandler fetches;
    private final OffsetQueries offsets;
    private final ProducerIds producerIds;
    private final Topology topology;
    private final TopicsApi topics;
    private final GroupsApi groups;
    private final ClusterAdmin admin;
    private final BrokerMetrics metrics;

    LocalBrokerApi(
            NodeParts parts,
            ProducerIds producerIds,
            Topology topology,
            TopicsApi topics,
            GroupsApi groups,
            ClusterAdmin admin,
            Consumer<Partition> deleted) {
        this.vertx = parts.vertx;
        this.clock = parts.environment.clock();
        this.partitions = parts.partitions;
        this.writer = parts.writer;
        this.inFlight = parts.inFlight;
        this.fetches = parts.fetches;
        this.offsets = new OffsetQueries(parts.partitions, parts.directory, parts.storage, deleted);
        this.producerIds = producerIds;
        this.topology = topology;
        this.topics = topics;
        this.groups = groups;
        this.admin = admin;
        this.metrics = parts.metrics;
    }

    @Override
    public Future<AppendResult> append(AppendRequest request) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        metrics.appendRequests.increment();
        int size = request.records().remaining();
        long admitted = inFlight.tryAdmit(size);
        if (admitted == 0) {
            metrics.appendsThrottled.increment();
            return refuse(context, throttled(size));
        }
        try {
            Partition partition = partitions.require(request.partition());
            int epoch = partition.ledEpoch();
            boolean everyReplica = request.acks() == Acks.ALL;
            ValidatedBatches batches =
                    BatchValidator.validate(request.records(), partition.rules(), clock.wallMillis());
            Append append = partition.append(batches, epoch, everyReplica);
            PendingAppend pending = everyReplica && partition.isReplicated()
                    ? new PendingAppend(
                            append, partition, epoch, context, inFlight, admitted, true, deadlineNanos(request))
                    : new PendingAppend(append, partition, epoch, context, inFlight, admitted);
            writer.submit(pending);
            return pending.future();
        } catch (ThalwegException refused) {
            inFlight.release(admitted);
            return refuse(context, refused);
        }
    }

    @Override
    public boolean appendsCongested() {
        return inFlight.congested();
    }

    @Override
    public Future<Void> appendsUncongested() {
        return inFlight.relief(vertx);
    }

    @Override
    public Future<FetchResult> fetch(FetchRequest request) {
        return fetches.fetch(request);
    }

    @Override
    public Future<ListedOffset> listOffset(ListOffsetRequest request) {
        return here(offsets.listOffset(request));
    }

    @Override
    public Future<EpochEndOffset> endOfEpoch(TopicPartition partition, int currentLeaderEpoch, int leaderEpoch) {
        return here(offsets.endOfEpoch(partition, currentLeaderEpoch, leaderEpoch));
    }

    @Override
    public Future<Long> deleteRecords(TopicPartition partition, long beforeOffset) {
        return here(offsets.deleteRecords(partition, beforeOffset));
    }

    @Override
    public Future<ProducerIdAndEpoch> initProducerId(long producerId, short producerEpoch) {
        return here(producerIds.allocate(producerId, producerEpoch));
    }

    @Override
    public Future<ProducerPosition> producerPosition(TopicPartition partition, long producerId) {
        return here(offsets.producerPosition(partition, producerId));
    }

    @Override
    public ClusterView cluster() {
        return topology.view();
    }

    @Override
    public TopicsApi topics() {
        return topics;
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
        topology.advertise(door, host, port);
    }

    @Override
    public Future<List<PartitionStatus>> describeLogs(@Nullable List<TopicPartition> wanted) {
        return here(offsets.describeLogs(wanted));
    }

    @Override
    public Future<RepairReport> repair(RepairRequest request) {
        PartitionView described = cluster().partition(request.partition());
        return here(offsets.repair(
                request, described == null ? 0 : described.replicas().size()));
    }

    private long deadlineNanos(AppendRequest request) {
        return clock.monotonicNanos() + TimeUnit.MILLISECONDS.toNanos(Math.max(0, request.timeoutMillis()));
    }

    private ThalwegException throttled(int size) {
        return new ThalwegException(
                ErrorCode.THROTTLING_QUOTA_EXCEEDED,
                "too many bytes of appends are in flight: bytes=" + inFlight.current() + " more=" + size
                        + "; retry with backoff");
    }

    private Future<AppendResult> refuse(ContextInternal context, ThalwegException refused) {
        metrics.appendFailures.increment();
        return context.failedFuture(refused);
    }

    /** The same outcome, on the caller's context. */
    private <T> Future<T> here(Future<T> outcome) {
        PromiseInternal<T> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
        outcome.onComplete(promise);
        return promise.future();
    }
}
