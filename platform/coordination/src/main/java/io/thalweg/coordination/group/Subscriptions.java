package io.thalweg.coordination.group;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.jspecify.annotations.Nullable;

/** The topics that the members of a group of consumers subscribe to. Other groups' metadata is nobody's business. */
final class Subscriptions {

    static final String PROTOCOL_TYPE = "consumer";

    private Subscriptions() {}

    /** The topics of all members; null for other kinds of groups or if a subscription cannot be read. */
    static @Nullable Set<String> topicsOf(ClassicGroup group) {
        if (!PROTOCOL_TYPE.equals(group.protocolType()) || group.protocolName() == null) {
            return null;
        }
        Set<String> topics = new HashSet<>();
        for (GroupMember member : group.members()) {
            byte[] metadata = member.metadata(group.protocolName());
            try {
                topics.addAll(ConsumerProtocol.deserializeSubscription(ByteBuffer.wrap(metadata))
                        .topics());
            } catch (RuntimeException unreadable) {
                // A client may send what it likes here; Kafka answers in the same way, by not knowing.
                return null;
            }
        }
        return Set.copyOf(topics);
    }
}
