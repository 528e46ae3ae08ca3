package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.coordination.group.api.GroupsApi;
import io.thalweg.coordination.group.api.GroupsApi.GroupDescription;
import io.thalweg.coordination.group.api.GroupsApi.GroupListing;
import io.thalweg.coordination.group.api.GroupsApi.MemberDescription;
import io.thalweg.gateway.http.GroupLag.PartitionLag;
import io.thalweg.gateway.json.JsonMembers;
import io.thalweg.gateway.json.JsonWriter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Administration of groups as the JSON doors offer it: bodies and answers are those of the HTTP routes. Stateless. */
public final class GroupsAdmin {
    private static final Comparator<TopicPartition> BY_TOPIC_AND_PARTITION =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private final BrokerApi broker;
    private final GroupLag lag;
    private final OffsetReset reset;

    public GroupsAdmin(Vertx vertx, BrokerApi broker) {
        this.broker = broker;
        this.lag = new GroupLag(vertx, broker);
        this.reset = new OffsetReset(broker);
    }

    public Future<JsonWriter> list() {
        return groups().list().map(GroupsAdmin::listing);
    }

    private static JsonWriter listing(List<GroupListing> groups) {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("groups").beginArray();
        groups.stream()
                .sorted(Comparator.comparing(GroupListing::groupId))
                .forEach(group -> json.beginObject()
                        .field("groupId", group.groupId())
                        .field("protocolType", group.protocolType())
                        .field("state", group.state().kafkaName())
                        .endObject());
        return json.endArray().endObject();
    }

    /** Members, offsets and lag. */
    public Future<JsonWriter> describe(String groupId) {
        return groups().describe(groupId)
                .compose(group -> lag.of(groupId, assigned(group)).map(lags -> description(group, lags)));
    }

    public Future<Void> delete(String groupId) {
        return groups().delete(groupId);
    }

    /** {@code {"resets": [...]}}; completes with what changed, or would change, with {@code dryRun}. */
    public Future<JsonWriter> resetOffsets(String groupId, JsonMembers body, boolean dryRun) {
        return reset.run(groupId, body, dryRun).map(changes -> {
            JsonWriter json = new JsonWriter();
            json.beginObject().field("groupId", groupId).field("dryRun", dryRun);
            json.name("changes").beginArray();
            changes.forEach(change -> change.write(json));
            return json.endArray().endObject();
        });
    }

    private GroupsApi groups() {
        return broker.groups();
    }

    private static NavigableSet<TopicPartition> assigned(GroupDescription group) {
        NavigableSet<TopicPartition> assigned = new TreeSet<>(BY_TOPIC_AND_PARTITION);
        group.members().forEach(member -> assigned.addAll(assignmentOf(group, member)));
        return assigned;
    }

    /** What the member was given, if it speaks the consumer protocol; other protocols' bytes are their own. */
    private static List<TopicPartition> assignmentOf(GroupDescription group, MemberDescription member) {
        if (!group.protocolType().equals(ConsumerProtocol.PROTOCOL_TYPE) || member.assignment().length == 0) {
            return List.of();
        }
        try {
            return ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(member.assignment())).partitions().stream()
                    .sorted(BY_TOPIC_AND_PARTITION)
                    .toList();
        } catch (RuntimeException notTheProtocol) {
            return List.of();
        }
    }

    private static JsonWriter description(GroupDescription group, List<PartitionLag> lags) {
        JsonWriter json = new JsonWriter(1024);
        json.beginObject()
                .field("groupId", group.groupId())
                .field("state", group.state().kafkaName())
                .field("protocolType", group.protocolType())
                .field("protocolName", group.protocolName())
                .field("generation", group.generation())
                .name("members")
                .beginArray();
        for (MemberDescription member : group.members()) {
            member(json, group, member);
        }
        json.endArray().name("offsets").beginArray();
        long total = 0;
        for (PartitionLag one : lags) {
            total += Math.max(0, one.lag());
            partition(json, one);
        }
        return json.endArray().field("totalLag", total).endObject();
    }

    private static void member(JsonWriter json, GroupDescription group, MemberDescription member) {
        json.beginObject()
                .field("memberId", member.memberId())
                .field("groupInstanceId", member.groupInstanceId())
                .field("clientId", member.clientId())
                .field("clientHost", member.clientHost())
                .name("assignment")
                .beginArray();
        for (TopicPartition partition : assignmentOf(group, member)) {
            json.beginObject()
                    .field("topic", partition.topic())
                    .field("partition", partition.partition())
                    .endObject();
        }
        json.endArray().endObject();
    }

    private static void partition(JsonWriter json, PartitionLag one) {
        json.beginObject()
                .field("topic", one.partition().topic())
                .field("partition", one.partition().partition());
        number(json, "committedOffset", one.committedOffset() < 0 ? null : one.committedOffset());
        number(json, "endOffset", one.endOffset() < 0 ? null : one.endOffset());
        number(json, "lag", one.lag() < 0 ? null : one.lag());
        json.name("lagSeconds");
        if (one.lagMillis() < 0) {
            json.nullValue();
        } else {
            json.value(one.lagMillis() / 1000.0);
        }
        json.endObject();
    }

    private static void number(JsonWriter json, String name, @Nullable Long value) {
        json.name(name);
        if (value == null) {
            json.nullValue();
        } else {
            json.value(value.longValue());
        }
    }
}
