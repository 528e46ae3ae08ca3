package io.thalweg.gateway.eventbus;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.ConsumerConfig.Reset;
import io.thalweg.gateway.http.StartPositions;
import io.thalweg.gateway.json.JsonMembers;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Begins subscriptions. Confined to one event loop. */
final class Subscribing {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 16;
    private static final int CREDITS_DEFAULT = 100;
    private static final int FETCH_BYTES_MAX = 256 << 10;
    private static final int BUFFER_BYTES_MAX = 1 << 20;
    private static final int SESSION_TIMEOUT_MILLIS = 10_000;
    private static final int WAIT_MILLIS = 500;
    private static final int DISCOVERY_MILLIS = 1_000;

    private final Vertx vertx;
    private final DoorContext door;
    private final StartPositions starts;

    Subscribing(Vertx vertx, DoorContext door) {
        this.vertx = vertx;
        this.door = door;
        this.starts = new StartPositions(door.broker());
    }

    DoorContext door() {
        return door;
    }

    /**
     * Reads {@code {"from","group","partition","credits"}}. With a group, the group's commits decide where it begins and
     * {@code from} (earliest or latest) where there is none; else {@code from} decides: an offset with its partition,
     * earliest, latest, an ISO instant or a cursor. Completes once the positions are known.
     *
     * @param address where the records go; null for {@code sub.<id>}
     */
    Future<Subscription> begin(String topicName, byte[] body, @Nullable String address, SubscriptionOutlet outlet) {
        JsonMembers members = JsonMembers.of(body).allowOnly("from", "group", "partition", "credits");
        String from = from(members);
        String group = members.string("group");
        int credits =
                members.integer("credits", CREDITS_DEFAULT, 0, door.config().creditsMax());
        TopicView topic = TopicAddresses.existing(door, topicName);
        byte[] random = new byte[ID_BYTES];
        RANDOM.nextBytes(random);
        String id = HexFormat.of().formatHex(random);
        Consumer consumer = door.client().consumer(config(group, from));
        consumer.pause();
        Future<Void> positioned =
                group == null ? assign(consumer, topic, members, from) : consumer.subscribe(Set.of(topic.name()));
        return positioned
                .map(done -> new Subscription(
                        vertx,
                        door,
                        id,
                        address == null ? Subscription.ADDRESS_PREFIX + id : address,
                        topic.name(),
                        consumer,
                        outlet,
                        credits))
                .recover(failure -> consumer.close().transform(closed -> Future.failedFuture(failure)));
    }

    private static @Nullable String from(JsonMembers members) {
        if (!members.has("from")) {
            return null;
        }
        return members.isString("from") ? members.string("from") : Long.toString(members.integer("from", -1L));
    }

    private static ConsumerConfig config(@Nullable String group, @Nullable String from) {
        if (group != null && from != null && !from.equals("earliest") && !from.equals("latest")) {
            throw new ThalwegException(
                    ErrorCode.INVALID_REQUEST,
                    "from=" + BridgeMessages.shown(from) + " found; with a group, earliest or latest expected");
        }
        return new ConsumerConfig(
                group,
                null,
                "event-bus",
                "latest".equals(from) ? Reset.LATEST : Reset.EARLIEST,
                IsolationLevel.READ_COMMITTED,
                0,
                SESSION_TIMEOUT_MILLIS,
                WAIT_MILLIS,
                FETCH_BYTES_MAX,
                BUFFER_BYTES_MAX);
    }

    private Future<Void> assign(Consumer consumer, TopicView topic, JsonMembers members, @Nullable String from) {
        int count = topic.partitions().size();
        int partition = members.integer("partition", -1, 0, Integer.MAX_VALUE);
        if (partition >= count) {
            throw new ThalwegException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    "partition=" + partition + " does not exist; topic=" + topic.name() + " has " + count);
        }
        List<Integer> partitions = partition >= 0
                ? List.of(partition)
                : IntStream.range(0, count).boxed().toList();
        return starts.of(topic, partitions, from == null ? "latest" : from).compose(positions -> {
            Set<TopicPartition> wanted = new HashSet<>();
            positions.keySet().forEach(index -> wanted.add(new TopicPartition(topic.name(), index)));
            return consumer.assign(wanted)
                    .compose(assigned -> seek(consumer, topic.name(), positions))
                    .onSuccess(sought -> {
                        if (partition < 0) {
                            discoverPartitions(
                                    consumer,
                                    topic.name(),
                                    door.broker().cluster().version());
                        }
                    });
        });
    }

    private static Future<Void> seek(Consumer consumer, String topic, Map<Integer, Long> positions) {
        List<Future<Void>> seeks = new ArrayList<>();
        for (Map.Entry<Integer, Long> position : positions.entrySet()) {
            seeks.add(consumer.seek(new TopicPartition(topic, position.getKey()), position.getValue()));
        }
        return Future.all(seeks).mapEmpty();
    }

    /** Partitions that are added later are read from their beginning. Ends when the consumer is closed. */
    private void discoverPartitions(Consumer consumer, String topicName, long version) {
        vertx.setTimer(DISCOVERY_MILLIS, timer -> {
            long now = door.broker().cluster().version();
            TopicView topic = door.broker().cluster().topic(topicName);
            if (consumer.assignment().isEmpty() || topic == null) {
                return; // closed, or deleted
            }
            if (now == version
                    || topic.partitions().size() == consumer.assignment().size()) {
                discoverPartitions(consumer, topicName, now);
                return;
            }
            Set<TopicPartition> wanted = new HashSet<>();
            for (int i = 0; i < topic.partitions().size(); i++) {
                wanted.add(new TopicPartition(topicName, i));
            }
            consumer.assign(wanted).onComplete(assigned -> discoverPartitions(consumer, topicName, now));
        });
    }
}
