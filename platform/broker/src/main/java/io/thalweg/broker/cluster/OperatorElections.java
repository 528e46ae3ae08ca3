package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.cluster.LeaderService.Ask;
import io.thalweg.broker.metadata.Controller;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataState;
import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.broker.replica.Replicas.Standing;
import io.thalweg.cluster.balance.PartitionState;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leaders that an operator asks for, while this node is the controller. Confined to the metadata context. */
final class OperatorElections {

    private static final Logger LOGGER = LoggerFactory.getLogger(OperatorElections.class);

    private static final Duration ASK_MAX = Duration.ofSeconds(5);

    /** Partitions that are asked about at once. */
    private static final int AT_ONCE = 100;

    /** Epochs that replicas which are away may have seen, and nobody who is here. */
    private static final int EPOCHS_UNSEEN = 1_000;

    private final Context context;
    private final Controller controller;
    private final MetadataState state;
    private final Balancer balancer;
    private final Leaderships leaderships;
    private final IntPredicate alive;
    private final PeerRpc rpc;

    OperatorElections(
            Context context,
            Controller controller,
            MetadataState state,
            Balancer balancer,
            Leaderships leaderships,
            IntPredicate alive,
            PeerRpc rpc) {
        this.context = context;
        this.controller = controller;
        this.state = state;
        this.balancer = balancer;
        this.leaderships = leaderships;
        this.alive = alive;
        this.rpc = rpc;
    }

    /** See {@link ClusterAdmin#electLeaders}. */
    Future<Map<TopicPartition, ErrorCode>> preferred(@Nullable List<TopicPartition> wanted) {
        return each(wanted, this::preferred);
    }

    /** See {@link ClusterAdmin#electUncleanLeaders}. */
    Future<Map<TopicPartition, ErrorCode>> unclean(@Nullable List<TopicPartition> wanted) {
        return each(wanted, this::unclean);
    }

    private Future<Map<TopicPartition, ErrorCode>> each(
            @Nullable List<TopicPartition> wanted, Function<TopicPartition, Future<ErrorCode>> election) {
        Map<TopicPartition, ErrorCode> errors = new LinkedHashMap<>();
        Promise<Map<TopicPartition, ErrorCode>> done = Promise.promise();
        next((wanted == null ? all() : wanted).iterator(), election, errors, done);
        return done.future();
    }

    private List<TopicPartition> all() {
        List<TopicPartition> all = new ArrayList<>();
        for (TopicView topic : state.image().topics().values()) {
            topic.partitions().forEach(partition -> all.add(new TopicPartition(topic.name(), partition.index())));
        }
        return all;
    }

    private void next(
            Iterator<TopicPartition> left,
            Function<TopicPartition, Future<ErrorCode>> election,
            Map<TopicPartition, ErrorCode> errors,
            Promise<Map<TopicPartition, ErrorCode>> done) {
        Map<TopicPartition, Future<ErrorCode>> some = new LinkedHashMap<>();
        while (left.hasNext() && some.size() < AT_ONCE) {
            TopicPartition name = left.next();
            some.put(name, election.apply(name));
        }
        Future.join(List.copyOf(some.values()))
                .onComplete(all -> context.runOnContext(nothing -> {
                    some.forEach((name, error) -> errors.put(
                            name, error.succeeded() ? error.result() : ThalwegException.codeOf(error.cause())));
                    if (left.hasNext()) {
                        next(left, election, errors, done);
                    } else {
                        done.complete(errors);
                    }
                }));
    }

    private Future<ErrorCode> preferred(TopicPartition name) {
        PartitionState now = balancer.state(name);
        if (now == null) {
            return Future.succeededFuture(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        }
        int preferred = now.replicas().get(0);
        if (now.leader() == preferred) {
            return Future.succeededFuture(ErrorCode.ELECTION_NOT_NEEDED);
        }
        if (now.leader() < 0 || !now.inSync().contains(preferred) || !alive.test(preferred)) {
            return Future.succeededFuture(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
        }
        return balancer.ask(now.partition(), Ask.TRANSFER, preferred)
                .map(ErrorCode.NONE)
                .otherwise(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
    }

    private Future<ErrorCode> unclean(TopicPartition name) {
        PartitionState now = balancer.state(name);
        MetadataImage image = state.image();
        TopicView topic = image.topics().get(name.topic());
        if (now == null || topic == null) {
            return Future.succeededFuture(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        }
        if (now.leader() >= 0) {
            return Future.succeededFuture(ErrorCode.ELECTION_NOT_NEEDED);
        }
        if (!image.placement(topic.id()).partition(name.partition()).replicated()) {
            int holder = now.replicas().get(0);
            return alive.test(holder)
                    ? choose(name, now, holder, 0)
                    : Future.succeededFuture(ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE);
        }
        Map<Integer, Future<Standing>> asked = new TreeMap<>();
        now.replicas().stream()
                .filter(alive::test)
                .forEach(replica -> asked.put(replica, LeaderService.standing(rpc, replica, now.partition(), ASK_MAX)));
        Promise<ErrorCode> chosen = Promise.promise();
        Future.join(List.copyOf(asked.values()))
                .onComplete(all -> context.runOnContext(nothing -> {
                    Map<Integer, Standing> found = new TreeMap<>();
                    asked.forEach((replica, answer) -> {
                        if (answer.succeeded()) {
                            found.put(replica, answer.result());
                        }
                    });
                    choose(name, now, topic.partitions().get(name.partition()), found)
                            .onComplete(chosen);
                }));
        return chosen.future();
    }

    private Future<ErrorCode> choose(
            TopicPartition name, PartitionState now, PartitionView partition, Map<Integer, Standing> found) {
        if (found.isEmpty()) {
            return Future.succeededFuture(ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE);
        }
        Map.Entry<Integer, Standing> best = found.entrySet().stream()
                .max(Map.Entry.comparingByValue(
                        Comparator.comparing(Standing::trusted).thenComparing(Standing::end)))
                .orElseThrow();
        List<Integer> sound = found.entrySet().stream()
                .filter(replica -> replica.getValue().trusted())
                .map(Map.Entry::getKey)
                .toList();
        if (best.getValue().voters().isMajority(sound)) {
            // They elect one among themselves, and lose nothing.
            return Future.succeededFuture(ErrorCode.ELECTION_NOT_NEEDED);
        }
        Leaderships.Leadership known = leaderships.of(now.partition());
        int epoch = Math.max(partition.leaderEpoch(), known == null ? 0 : known.epoch());
        for (Standing standing : found.values()) {
            epoch = Math.max(epoch, standing.epoch());
        }
        return choose(name, now, best.getKey(), epoch + EPOCHS_UNSEEN);
    }

    private Future<ErrorCode> choose(TopicPartition name, PartitionState now, int broker, int epoch) {
        LOGGER.atWarn()
                .setMessage("an operator makes a replica leader that may lack committed records; what it lacks is lost")
                .addKeyValue("partition", name)
                .addKeyValue("nodeId", broker)
                .addKeyValue("replicas", now.replicas())
                .addKeyValue("epoch", epoch)
                .log();
        return controller
                .submit(MoveCommands.unclean(now.partition(), broker, epoch))
                .map(ErrorCode.NONE);
    }
}
