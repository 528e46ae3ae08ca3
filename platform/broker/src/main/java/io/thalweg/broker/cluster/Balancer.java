package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.cluster.LeaderService.Ask;
import io.thalweg.broker.metadata.Controller;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.MetadataState;
import io.thalweg.broker.metadata.TopicPlacement;
import io.thalweg.broker.metadata.TopicPlacement.Placed;
import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.broker.storage.Again;
import io.thalweg.cluster.PartitionId;
import io.thalweg.cluster.balance.BalanceBroker;
import io.thalweg.cluster.balance.BalanceBroker.Standing;
import io.thalweg.cluster.balance.BalancePlan;
import io.thalweg.cluster.balance.Move;
import io.thalweg.cluster.balance.PartitionState;
import io.thalweg.cluster.balance.Step;
import io.thalweg.environment.Clock;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves replicas and leaders to where they should be, while this node is the controller: when brokers come, stay away or are
 * drained, and where an operator orders it. Step by step: what is to be is noted in the metadata, the partition's leader is asked,
 * and what has become of it is noted. Nothing that matters is kept here, so another controller goes on where this one ended.
 * Confined to the metadata context.
 */
final class Balancer {

    private static final Logger LOGGER = LoggerFactory.getLogger(Balancer.class);

    private static final Duration ASK_MAX = Duration.ofSeconds(10);
    private static final int ASK_AGAIN_MILLIS = 25;
    private static final int LOOK_SOON_MILLIS = 20;
    private static final long PREVIEW_SEED = 1;

    private final Vertx vertx;
    private final Context context;
    private final Clock clock;
    private final ClusterSettings settings;
    private final Controller controller;
    private final MetadataState state;
    private final Leaderships leaderships;
    private final Supplier<Long> viewVersion;
    private final IntPredicate alive;
    private final PeerRpc rpc;
    private final MetadataVotersTask metadataVoters;

    /** When brokers that are away were last here. */
    private final Map<Integer, Long> awaySinceNanos = new HashMap<>();

    private final Set<Step> underWay = new HashSet<>();
    /** Those that could not be done when they were tried last. */
    private final Set<Step> refused = new HashSet<>();

    private boolean planning;
    private boolean soon;
    private BalancePlan plan = new BalancePlan(List.of(), Map.of(), List.of());
    /** What {@link #plan} was made for; null if nothing was planned yet. */
    private @Nullable Found plannedFor;
    /** Of the view for which the last plan had nothing to do; then nothing changed that matters. */
    private long idleVersion = -1;

    private List<BalanceBroker> idleBrokers = List.of();
    private volatile boolean closed;

    /** All that a plan depends on: for the same, the same would be planned, and a plan takes long. */
    private record Found(List<BalanceBroker> brokers, List<PartitionState> partitions, List<Move> ordered) {}

    /** Improves who decides about metadata, where that is decided. */
    interface MetadataVotersTask {
        void improve(List<Integer> serving, List<Integer> lost);
    }

    Balancer(
            Vertx vertx,
            Context context,
            Clock clock,
            ClusterSettings settings,
            Controller controller,
            MetadataState state,
            Leaderships leaderships,
            Supplier<Long> viewVersion,
            IntPredicate alive,
            PeerRpc rpc,
            MetadataVotersTask metadataVoters) {
        this.vertx = vertx;
        this.context = context;
        this.clock = clock;
        this.settings = settings;
        this.controller = controller;
        this.state = state;
        this.leaderships = leaderships;
        this.viewVersion = viewVersion;
        this.alive = alive;
        this.rpc = rpc;
        this.metadataVoters = metadataVoters;
    }

    void start() {
        vertx.setTimer(settings.balanceIntervalMillis(), fired -> {
            if (!closed) {
                context.runOnContext(nothing -> {
                    look(true);
                    start();
                });
            }
        });
    }

    /** From any thread. */
    void close() {
        closed = true;
    }

    /** Another controller may have changed what this one began to carry out. */
    void onController() {
        awaySinceNanos.clear();
        plannedFor = null;
        plan = new BalancePlan(List.of(), Map.of(), List.of());
        idleVersion = -1;
    }

    /** Something was done: there may be more to do, which would wait for the next interval otherwise. */
    private void lookSoon() {
        if (!soon) {
            soon = true;
            vertx.setTimer(
                    LOOK_SOON_MILLIS,
                    fired -> onContext(() -> {
                        soon = false;
                        look(false);
                    }));
        }
    }

    /** @param again whether to try again what was refused */
    private void look(boolean again) {
        if (!controller.active() || planning) {
            return;
        }
        MetadataImage image = state.image();
        List<BalanceBroker> brokers = brokers(image);
        metadataVoters.improve(standing(brokers, Standing.SERVING), List.copyOf(lostOrDraining(brokers)));
        long version = viewVersion.get();
        if (version == idleVersion && brokers.equals(idleBrokers) && underWay.isEmpty()) {
            return;
        }
        List<PartitionState> partitions = partitions(image);
        List<Move> ordered = ordered(image);
        finishOrders(image);
        resume(image);
        List<Step> steps = next(ordered, partitions);
        // What is refused now may be for long, and more may be to do than was when the plan was made.
        refused.retainAll(steps);
        boolean goesOn = !underWay.isEmpty() || !refused.containsAll(steps);
        steps.stream().filter(step -> again || !refused.contains(step)).forEach(this::begin);
        if (goesOn) {
            return;
        }
        Found found = new Found(brokers, partitions, ordered);
        if (!image.balancePaused() && !found.equals(plannedFor)) {
            plan(found, version);
        } else if (steps.isEmpty()) {
            idle(version, brokers);
        }
    }

    /**
     * Makes a plan, which may take seconds, elsewhere. What changed meanwhile costs the moves that it is about, and no more: where
     * topics come and go all the time nothing would ever be moved else.
     */
    private void plan(Found found, long version) {
        planning = true;
        vertx.executeBlocking(() -> BalancePlan.of(found.brokers(), found.partitions(), PREVIEW_SEED), false)
                .onComplete(made -> onContext(() -> {
                    planning = false;
                    if (made.failed()) {
                        LOGGER.atError()
                                .setMessage("no plan was made of where replicas should be; it is tried again")
                                .setCause(made.cause())
                                .log();
                    } else if (controller.active() && !state.image().balancePaused()) {
                        planned(found, version, made.result());
                    }
                }));
    }

    private void planned(Found before, long version, BalancePlan made) {
        MetadataImage image = state.image();
        List<PartitionState> partitions = partitions(image);
        plan = automatic(image, made.rebase(before.partitions(), partitions, brokers(image)));
        plannedFor = before;
        List<Step> steps = next(ordered(image), partitions);
        steps.forEach(this::begin);
        if (steps.isEmpty()) {
            // As it was when the planning began: what has changed since is looked at.
            idle(version, before.brokers());
        }
    }

    /** Nothing is to be done until something changes. */
    private void idle(long version, List<BalanceBroker> brokers) {
        idleVersion = version;
        idleBrokers = brokers;
    }

    private List<Step> next(List<Move> ordered, List<PartitionState> partitions) {
        List<Move> moves = new ArrayList<>(ordered);
        if (!state.image().balancePaused()) {
            // What an operator has ordered since the plan was made is not the balance's any more.
            plan.moves().stream()
                    .filter(move -> !isOrdered(state.image(), move.partition()))
                    .forEach(moves::add);
        }
        return new BalancePlan(moves, Map.of(), List.of()).next(partitions, underWay, settings.balance());
    }

    /** What the balance wants, but for partitions that an operator has placed. */
    private BalancePlan automatic(MetadataImage image, BalancePlan all) {
        List<Move> moves = all.moves().stream()
                .filter(move -> !isOrdered(image, move.partition()))
                .toList();
        if (!moves.isEmpty()) {
            LOGGER.atInfo()
                    .setMessage("replicas or leaders are being moved")
                    .addKeyValue("partitions", moves.size())
                    .log();
        }
        return new BalancePlan(moves, all.shares(), all.unmet());
    }

    // ---- what is so

    private List<BalanceBroker> brokers(MetadataImage image) {
        long now = clock.monotonicNanos();
        List<BalanceBroker> brokers = new ArrayList<>();
        for (BrokerRecord broker : image.brokers().values()) {
            long awayMillis = 0;
            if (alive.test(broker.brokerId())) {
                awaySinceNanos.remove(broker.brokerId());
            } else {
                long since = awaySinceNanos.computeIfAbsent(broker.brokerId(), id -> now);
                awayMillis = 1 + Duration.ofNanos(now - since).toMillis();
            }
            brokers.add(new BalanceBroker(
                    broker.brokerId(),
                    broker.rack(),
                    BalanceBroker.standing(awayMillis, settings.absenceMax().toMillis(), broker.draining())));
        }
        return brokers;
    }

    private static List<Integer> standing(List<BalanceBroker> brokers, Standing standing) {
        return brokers.stream()
                .filter(broker -> broker.standing() == standing)
                .map(BalanceBroker::id)
                .toList();
    }

    private static Set<Integer> lostOrDraining(List<BalanceBroker> brokers) {
        Set<Integer> gone = new HashSet<>(standing(brokers, Standing.LOST));
        gone.addAll(standing(brokers, Standing.DRAINING));
        return gone;
    }

    private List<PartitionState> partitions(MetadataImage image) {
        List<PartitionState> all = new ArrayList<>(image.partitionCount());
        for (TopicView topic : image.topics().values()) {
            TopicPlacement placement = image.placement(topic.id());
            for (PartitionView partition : topic.partitions()) {
                all.add(state(image, topic, partition, placement.wanted(partition.index())));
            }
        }
        return all;
    }

    private PartitionState state(MetadataImage image, TopicView topic, PartitionView partition, int factor) {
        PartitionId id = PartitionIds.of(topic.id(), partition.index());
        if (!image.placement(topic.id()).partition(partition.index()).replicated()) {
            int holder = partition.replicas().get(0);
            boolean leads = alive.test(holder) && !image.isLost(topic.id(), partition);
            int leader = leads ? holder : PartitionState.NO_LEADER;
            return new PartitionState(id, partition.replicas(), leader, partition.replicas(), factor, 0);
        }
        Leaderships.Leadership known = leaderships.of(id);
        int leader = known != null && known.leader() >= 0 && alive.test(known.leader())
                ? known.leader()
                : PartitionState.NO_LEADER;
        return new PartitionState(
                id, partition.replicas(), leader, known == null ? List.of() : known.inSync(), factor, 0);
    }

    private static boolean isOrdered(MetadataImage image, PartitionId id) {
        return image.placement(PartitionIds.topicId(id))
                .partition(id.partition())
                .ordered();
    }

    private List<Move> ordered(MetadataImage image) {
        List<Move> moves = new ArrayList<>();
        forEachMoving(image, (id, partition, placed) -> {
            if (placed.ordered()) {
                Leaderships.Leadership known = leaderships.of(id);
                moves.add(new Move(
                        id,
                        partition.replicas(),
                        partition.target(),
                        known == null ? PartitionState.NO_LEADER : known.leader(),
                        partition.target().get(0),
                        0,
                        Move.Reason.DRAIN));
            }
        });
        return moves;
    }

    private interface Moving {
        void accept(PartitionId id, PartitionView partition, Placed placed);
    }

    private static void forEachMoving(MetadataImage image, Moving visitor) {
        for (TopicView topic : image.topics().values()) {
            for (PartitionView partition : topic.partitions()) {
                if (!partition.target().isEmpty()) {
                    visitor.accept(
                            PartitionIds.of(topic.id(), partition.index()),
                            partition,
                            image.placement(topic.id()).partition(partition.index()));
                }
            }
        }
    }

    // ---- steps

    /** What a controller before this one began, and what cannot go on. */
    private void resume(MetadataImage image) {
        forEachMoving(image, (id, partition, placed) -> {
            if (placed.ordered()
                    || underWay.stream().anyMatch(step -> step.partition().equals(id))) {
                return;
            }
            for (int broker : partition.target()) {
                if (!partition.replicas().contains(broker)) {
                    if (alive.test(broker)) {
                        begin(new Step(id, Step.Kind.ADD_REPLICA, broker));
                    } else {
                        controller.submit(MoveCommands.cancelled(id));
                    }
                    return;
                }
            }
            controller.submit(MoveCommands.cancelled(id));
        });
    }

    private void finishOrders(MetadataImage image) {
        forEachMoving(image, (id, partition, placed) -> {
            if (placed.ordered() && new HashSet<>(partition.replicas()).equals(new HashSet<>(partition.target()))) {
                Leaderships.Leadership known = leaderships.of(id);
                boolean leads =
                        known != null && known.leader() == partition.target().get(0);
                if (leads || !alive.test(partition.target().get(0))) {
                    controller.submit(MoveCommands.finished(id));
                }
            }
        });
    }

    private void begin(Step step) {
        if (!underWay.add(step)) {
            return;
        }
        LOGGER.atDebug()
                .setMessage("step")
                .addKeyValue("partition", step.partition())
                .addKeyValue("kind", step.kind())
                .addKeyValue("nodeId", step.broker())
                .log();
        carryOut(step)
                .onComplete(done -> onContext(() -> {
                    underWay.remove(step);
                    if (done.succeeded()) {
                        refused.remove(step);
                        lookSoon();
                    } else {
                        refused.add(step);
                        LOGGER.atDebug()
                                .setMessage("step not done; it is looked at again")
                                .addKeyValue("partition", step.partition())
                                .addKeyValue("kind", step.kind())
                                .addKeyValue("nodeId", step.broker())
                                .addKeyValue("error", done.cause().getMessage())
                                .log();
                    }
                }));
    }

    private void onContext(Runnable task) {
        if (!closed) {
            context.runOnContext(nothing -> task.run());
        }
    }

    private Future<Void> carryOut(Step step) {
        PartitionId id = step.partition();
        int broker = step.broker();
        return switch (step.kind()) {
            case ADD_REPLICA ->
                controller
                        .submit(MoveCommands.begin(id, broker))
                        .compose(begun -> whenCaughtUp(id, broker))
                        .compose(added -> controller.submit(MoveCommands.added(id, broker)));
            case MOVE_LEADER ->
                // It is among the replicas in sync before its clients can reach it, while it is busy with its
                // start, and while its membership is made anew.
                LeaderService.ask(rpc, broker, id, Ask.SHARE, broker, ASK_MAX)
                        .compose(willing -> ask(id, Ask.TRANSFER, broker))
                        .compose(leads -> controller.submit(MoveCommands.preferred(id, broker)));
            case REMOVE_REPLICA ->
                ask(id, Ask.REMOVE_VOTER, broker)
                        .compose(removed -> controller.submit(MoveCommands.removed(id, broker)));
        };
    }

    /** Asks the leader again and again until the new replica is a voter; gives up when it is gone, or nobody wants it any more. */
    private Future<Void> whenCaughtUp(PartitionId id, int broker) {
        return Again.after(
                vertx,
                ASK_AGAIN_MILLIS,
                settings.balanceIntervalMillis(),
                failure -> !closed
                        && controller.active()
                        && ThalwegException.codeOf(failure).retriable()
                        && alive.test(broker)
                        && isWanted(id, broker),
                () -> ask(id, Ask.ADD_VOTER, broker));
    }

    private boolean isWanted(PartitionId id, int broker) {
        MetadataImage image = state.image();
        String name = image.topicNames().get(PartitionIds.topicId(id));
        TopicView topic = name == null ? null : image.topics().get(name);
        return topic != null && topic.partitions().get(id.partition()).target().contains(broker);
    }

    /** One partition as it is; null if there is no such. */
    @Nullable
    PartitionState state(TopicPartition name) {
        MetadataImage image = state.image();
        TopicView topic = image.topics().get(name.topic());
        return topic == null
                        || name.partition() < 0
                        || name.partition() >= topic.partitions().size()
                ? null
                : state(image, topic, topic.partitions().get(name.partition()), 0);
    }

    /** Asks a partition's leader for something. */
    Future<Void> ask(PartitionId id, Ask ask, int broker) {
        MetadataImage image = state.image();
        Uuid topicId = PartitionIds.topicId(id);
        String name = image.topicNames().get(topicId);
        TopicView topic = name == null ? null : image.topics().get(name);
        if (topic == null) {
            return Future.failedFuture(
                    new ThalwegException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "the topic is gone: partition=" + id));
        }
        int leader =
                state(image, topic, topic.partitions().get(id.partition()), 0).leader();
        if (leader < 0) {
            Leaderships.Leadership known = leaderships.of(id);
            leader = known == null ? -1 : known.leader();
        }
        return leader < 0
                ? Future.failedFuture(new ThalwegException(
                        ErrorCode.LEADER_NOT_AVAILABLE, "nobody leads the partition now: partition=" + id))
                : LeaderService.ask(rpc, leader, id, ask, broker, ASK_MAX);
    }

    // ---- for operators

    /** What is moved, and what would be next. */
    ClusterAdmin.Plan preview() {
        MetadataImage image = state.image();
        List<BalanceBroker> brokers = brokers(image);
        List<ClusterAdmin.Move> moving = new ArrayList<>();
        forEachMoving(
                image,
                (id, partition, placed) ->
                        moving.add(move(image, id, partition.replicas(), partition.target(), placed.ordered())));
        List<ClusterAdmin.Move> planned = BalancePlan.of(brokers, partitions(image), PREVIEW_SEED).moves().stream()
                .filter(move -> !isOrdered(image, move.partition()))
                .map(move -> move(image, move.partition(), move.from(), move.to(), false))
                .toList();
        List<Integer> draining = image.brokers().values().stream()
                .filter(BrokerRecord::draining)
                .map(BrokerRecord::brokerId)
                .sorted()
                .toList();
        return new ClusterAdmin.Plan(image.balancePaused(), moving, planned, draining);
    }

    private static ClusterAdmin.Move move(
            MetadataImage image, PartitionId id, List<Integer> from, List<Integer> to, boolean ordered) {
        String name = image.topicNames().getOrDefault(PartitionIds.topicId(id), "");
        return new ClusterAdmin.Move(new TopicPartition(name, id.partition()), from, to, -1, ordered);
    }
}
