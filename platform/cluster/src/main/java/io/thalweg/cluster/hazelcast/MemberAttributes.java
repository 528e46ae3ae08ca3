package io.thalweg.cluster.hazelcast;

import io.thalweg.cluster.Member;
import io.thalweg.cluster.PeerAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a broker describes itself in its Hazelcast member's attributes, which never change. */
final class MemberAttributes {

    private static final String PROTOCOL = "thalweg.protocol";
    private static final String BROKER_ID = "thalweg.broker";
    private static final String INCARNATION = "thalweg.incarnation";
    private static final String PEER_HOST = "thalweg.peer.host";
    private static final String PEER_PORT = "thalweg.peer.port";
    private static final String RACK = "thalweg.rack";
    private static final String CLUSTER_ID = "thalweg.cluster";

    /** Vert.x' own. Chosen here, so that it stays the same when membership is made anew. */
    static final String VERTX_NODE_ID = "__vertx.nodeId";

    private static final String PROTOCOL_NOW = "1";

    private MemberAttributes() {}

    static Map<String, String> of(Member member, String vertxNodeId) {
        Map<String, String> attributes = new HashMap<>();
        attributes.put(PROTOCOL, PROTOCOL_NOW);
        attributes.put(BROKER_ID, Integer.toString(member.brokerId()));
        attributes.put(INCARNATION, Integer.toString(member.incarnation()));
        attributes.put(PEER_HOST, member.peer().host());
        attributes.put(PEER_PORT, Integer.toString(member.peer().port()));
        attributes.put(VERTX_NODE_ID, vertxNodeId);
        putIfPresent(attributes, RACK, member.rack());
        putIfPresent(attributes, CLUSTER_ID, member.clusterId());
        return attributes;
    }

    /** Null if whoever has these attributes is no broker that this one understands. */
    static @Nullable Member read(Map<String, String> attributes) {
        if (!PROTOCOL_NOW.equals(attributes.get(PROTOCOL))) {
            return null;
        }
        try {
            return new Member(
                    number(attributes, BROKER_ID),
                    number(attributes, INCARNATION),
                    new PeerAddress(required(attributes, PEER_HOST), number(attributes, PEER_PORT)),
                    attributes.get(RACK),
                    attributes.get(CLUSTER_ID));
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static void putIfPresent(Map<String, String> attributes, String name, @Nullable String value) {
        if (value != null) {
            attributes.put(name, value);
        }
    }

    private static int number(Map<String, String> attributes, String name) {
        return Integer.parseInt(required(attributes, name));
    }

    private static String required(Map<String, String> attributes, String name) {
        String value = attributes.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
