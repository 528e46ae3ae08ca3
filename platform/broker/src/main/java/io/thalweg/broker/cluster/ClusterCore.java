package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.broker.metadata.Controller;
import io.thalweg.broker.metadata.MetadataCommands;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataPartition;
import io.thalweg.broker.metadata.MetadataState;
import io.thalweg.broker.metadata.TopicCommands;
import io.thalweg.broker.metadata.Topology;
import io.thalweg.broker.partition.InternalAppends;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.partition.Partitions;
import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.broker.peer.PeerTransport;
import io.thalweg.broker.replica.Replicas;
import io.thalweg.broker.storage.LogWriter;
import io.thalweg.broker.storage.StoragePool;
import io.thalweg.broker.topic.TopicSettings;
import io.thalweg.environment.Environment;
import io.thalweg.log.Durability;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogId;
import io.thalweg.replication.node.ReplicaView;
import io.thalweg.replication.promise.Boot;
import io.thalweg.replication.promise.PromiseStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What makes a node one of many: its replicas, the metadata that it shares with the others, and its way to the controller. */
public final class ClusterCore {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterCore.class);

    /**
     * How this broker got into its cluster.
     *
     * @param clusterId null if it forms one, or if the directory knows
     * @param voters who decides about metadata, of a broker that is new to a cluster
     * @param forms whether it forms the cluster
     */
    public record Admitted(@Nullable Uuid clusterId, List<Integer> voters, boolean forms) {}

    /** What of the node's disk the cluster uses. */
    public record Disk(
            LogDirectory directory,
            Path path,
            Durability durability,
            LogWriter writer,
            StoragePool storage,
            Partitions partitions,
            InternalAppends appends) {}

    /** How topics are made. */
    public record Topics(TopicSettings settings, int defaultPartitions, int partitionsMax, Supplier<Uuid> ids) {}

    private final Context context;
    private final ClusterParts parts;
    private final Admitted admitted;
    private final Disk disk;
    private final int self;
    private final ContextInternal loop;
    private final WorkerExecutor promiseThread;
    private final PromiseStore promises;
    private final Replicas replicas;
    private final ReplicatedMetadata metadata;
    private final MetadataImage replayed;
    private final boolean comesAlone;
    private final MetadataState state;
    private final Controller controller;
    private final ClusterTopology topology;
    private final ClusterViews views;
    private final Leaderships leaderships;
    private final OwnershipPublisher publisher;
    private final ControllerLink link;
    private final ControllerService service;
    private final Registration registration;
    private final DeletedTopics deletedTopics;
    private final ClusterAdmin admin;
    private final Admission admission;
    private final LeaderService leaderService;
    private final LogStarts logStarts;
    private final Balancer balancer;
    private final StepDown stepDown;
    /** Only on the loop. */
    private final Willingness willingness;

    /** Finds the cluster that this broker belongs to, or is let into, or forms. */
    public static Future<Admitted> admit(ClusterParts parts, int self) {
        ClusterPeer peer = parts.peer();
        parts.membership().listen(task -> peer.loop().runOnContext(nothing -> task.run()), peer.membershipListener());
        Admission.serve(peer.transport(), peer::info);
        Uuid known = peer.identity().clusterId();
        if (known != null) {
            return new Admission(parts, self).check().map(new Admitted(known, List.of(), false));
        }
        return new Admission(parts, self)
                .join()
                .map(found -> new Admitted(found.clusterId(), found.voters(), found.clusterId() == null));
    }

    /** Replays the metadata. Blocks on disk. */
    public ClusterCore(
            Vertx vertx,
            Context context,
            Environment environment,
            ClusterParts parts,
            Admitted admitted,
            Disk disk,
            Topics topics,
            int self,
            @Nullable String rack)
            throws IOException {
        this.context = context;
        this.parts = parts;
        this.admitted = admitted;
        this.disk = disk;
        this.self = self;
        ClusterPeer peer = parts.peer();
        ClusterSettings settings = parts.settings();
        PeerTransport transport = peer.transport();
        loop = peer.loop();
        admission = new Admission(parts, self);
        Uuid directoryId = ClusterIdentity.directoryId(environment, disk.path());
        promiseThread = vertx.createSharedWorkerExecutor(
                "thalweg-promises-" + Integer.toHexString(System.identityHashCode(this)), 1);
        promises = PromiseStore.open(
                environment.fileSystem(),
                disk.path(),
                new Boot(BootId.read(environment), disk.durability()),
                disk.directory().stored(),
                this::onPromiseThread,
                task -> loop.runOnContext(nothing -> task.run()));
        replicas = new Replicas(
                self,
                peer.identity().incarnation(),
                loop,
                peer.environment(),
                settings.replication(),
                transport,
                disk.directory(),
                disk.writer(),
                disk.storage(),
                promises);
        metadata = new ReplicatedMetadata(vertx, context, disk.directory(), disk.appends());
        replayed = metadata.replay();
        comesAlone = comesAlone(promises, admitted, metadata, self);
        views = new ClusterViews(self, vertx, context, environment.clock(), this::isAlive, metadata::leader);
        leaderships = new Leaderships(self, parts.ownership(), views::onTopic);
        views.leaderships(leaderships);
        topology = new ClusterTopology(
                self, context, disk.directory(), topics.settings(), disk.partitions(), replicas, views);
        state = new MetadataState(replayed, topology);
        controller = new Controller(vertx, context, state, metadata);
        metadata.publishTo(state, controller);
        publisher = new OwnershipPublisher(
                self, parts.ownership(), peer.environment().timers(), disk.partitions(), replicas);
        link = new ControllerLink(vertx, metadata, transport, peer::isUp, Duration.ofMillis(settings.callMillisMax()));
        TopicCommands topicCommands = new TopicCommands(
                topics.settings(),
                new ClusterPlacer(this::isAlive),
                topics.defaultPartitions(),
                topics.partitionsMax(),
                topics.ids());
        String clusterId = disk.directory().clusterId().toString();
        service = new ControllerService(metadata, controller, topicCommands, new BrokerCommands(clusterId));
        registration = new Registration(
                vertx, context, link, peer.identity().incarnation(), rack, directoryId, topology::endpoints);
        deletedTopics = new DeletedTopics(vertx, context, disk.directory(), replicas, state, link);
        admin = new ClusterAdminApi(link, parts.ownership(), views::view);
        willingness = new Willingness(
                environment.clock(),
                settings.doors(),
                settings.leadAfter(),
                () -> topology.endpoints().keySet(),
                peer::rejoins);
        leaderService = new LeaderService(replicas, willingness);
        logStarts = new LogStarts(self, replicas, transport, peer.environment().timers());
        MetadataVoters metadataVoters = new MetadataVoters(replicas, leaderService, settings.metadataVotersMax());
        balancer = new Balancer(
                vertx,
                context,
                environment.clock(),
                settings,
                controller,
                state,
                leaderships,
                () -> views.view().version(),
                this::isAlive,
                transport,
                (serving, lost) -> loop.runOnContext(nothing -> metadataVoters.improve(serving, lost)));
        service.balancer(
                balancer,
                new OperatorElections(context, controller, state, balancer, leaderships, this::isAlive, transport));
        stepDown = new StepDown(self, replicas, transport, peer.environment().timers(), peer::rejoins);
        disk.partitions().elsewhere(name -> views.view().partition(name) != null);
    }

    /** Whether this node decided alone until now: it was in no cluster, or it is the only one that there ever was in this one. */
    private static boolean comesAlone(PromiseStore promises, Admitted admitted, ReplicatedMetadata metadata, int self)
            throws IOException {
        boolean nothingNoted = promises.created() || promises.lost(MetadataPartition.ID);
        if (!nothingNoted || admitted.forms() || !admitted.voters().isEmpty()) {
            return false;
        }
        if (!metadata.knowsOthers(self)) {
            return true;
        }
        LOGGER.atWarn()
                .setMessage(
                        "what the replicas of this broker promised is lost with its file; they vote for nobody until the"
                                + " others have brought them up to date")
                .addKeyValue("file", PromiseStore.FILE)
                .addKeyValue("partitions", promises.lost().size())
                .log();
        return false;
    }

    private void onPromiseThread(Runnable task) {
        promiseThread.executeBlocking(() -> {
            task.run();
            return true;
        });
    }

    private boolean isAlive(int broker) {
        return parts.peer().isUp(broker) || parts.membership().member(broker) != null;
    }

    public Topology topology() {
        return topology;
    }

    /** Calls to other brokers. */
    public PeerRpc rpc() {
        return parts.peer().transport();
    }

    /** Whether a broker can be called now. From any thread. */
    public boolean isConnected(int broker) {
        return parts.peer().isUp(broker);
    }

    public ClusterSettings settings() {
        return parts.settings();
    }

    public MetadataCommands commands() {
        return link;
    }

    /** Records of a partition that this node leads were deleted on order. From any thread. */
    public void onDeleted(Partition partition) {
        if (partition.isReplicated()) {
            logStarts.onDeleted(partition);
        }
    }

    public ClusterAdmin admin() {
        return admin;
    }

    /** Takes part; completes when this node is registered. On the metadata context. */
    public Future<Void> start(Replicas.Observer coordination) {
        ClusterPeer peer = parts.peer();
        service.serve(peer.transport());
        leaderService.serve(peer.transport());
        metadata.onController(balancer::onController);
        topology.addListener(deletedTopics);
        topology.onEndpoints(() -> {
            registration.update();
            loop.runOnContext(nothing -> willingness.look());
        });
        parts.ownership().listen(task -> context.runOnContext(nothing -> task.run()), leaderships::onOwnership);
        Promise<Void> attached = Promise.promise();
        loop.runOnContext(nothing -> {
            replicas.observers(List.of(leaderships, metadata, publisher, coordination, new ControllerWatch()));
            peer.attach(replicas.node(), views::onBrokers);
            peer.informs(this::info);
            peer.onRejoining(stepDown::now);
            if (peer.identity().clusterId() == null) {
                peer.transport().joined(disk.directory().clusterId().toString());
            }
            willingness.look();
            replicas.start();
            publisher.start();
            logStarts.start();
            attached.complete();
        });
        topology.onImage(MetadataImage.EMPTY, replayed);
        return attached.future()
                .compose(nothing -> openMetadata())
                .compose(opened -> registration.register())
                .compose(registered -> onContext(topology::onRegistered))
                .onSuccess(nothing -> {
                    deletedTopics.start();
                    balancer.start();
                });
    }

    private Future<Void> openMetadata() {
        if (admitted.forms() || comesAlone) {
            return open(List.of(self), true);
        }
        if (promises.state(MetadataPartition.ID) != null) {
            return open(List.of(self), true);
        }
        Future<List<Integer>> voters =
                admitted.voters().isEmpty() ? admission.voters() : loop.succeededFuture(admitted.voters());
        return voters.compose(known -> open(known, false));
    }

    private Future<Void> open(List<Integer> voters, boolean trusted) {
        List<Integer> others = new ArrayList<>(voters);
        parts.membership().members().forEach(member -> others.add(member.brokerId()));
        replayed.brokers().keySet().forEach(others::add);
        others.removeIf(broker -> broker == self);
        return replicas.open(
                new Replicas.Opening(
                        MetadataPartition.ID,
                        metadata.partition(),
                        voters,
                        voters,
                        others.stream().distinct().toList(),
                        trusted,
                        self,
                        0,
                        0),
                true);
    }

    private Future<Void> onContext(Runnable task) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(nothing -> {
            task.run();
            done.complete();
        });
        return done.future();
    }

    /** On the loop. */
    private Admission.Info info() {
        ReplicaView view = replicas.view(MetadataPartition.ID);
        return new Admission.Info(
                disk.directory().clusterId(), view == null || view.leader() < 0 ? List.of() : view.voters());
    }

    /** The controller's id is in the view. */
    private final class ControllerWatch implements Replicas.Observer {
        @Override
        public void onLeader(Partition partition, LogId id, int epoch, int leader) {
            if (id.equals(MetadataPartition.ID)) {
                views.onBrokers();
            }
        }
    }

    /** Others lead what this node leads, as far as they can. */
    public Future<Void> handOver() {
        Promise<Void> done = Promise.promise();
        loop.runOnContext(nothing -> {
            willingness.stop();
            replicas.node().handOver(parts.settings().handOverMax()).onComplete(done);
        });
        return done.future();
    }

    /** Decides and replicates nothing any more; the disk is still open. */
    public Future<Void> stop() {
        controller.stop();
        registration.close();
        deletedTopics.close();
        balancer.close();
        views.close();
        admission.close();
        Promise<Void> withdrawn = Promise.promise();
        loop.runOnContext(nothing -> {
            publisher.close();
            logStarts.close();
            withdrawn.complete();
        });
        return withdrawn.future().compose(nothing -> replicas.close());
    }

    /** The disk is closed. */
    public Future<Void> close(boolean logsFlushed) {
        return promises.close(logsFlushed)
                .eventually(promiseThread::close)
                .eventually(() -> parts.peer().transport().close());
    }
}
