package io.thalweg.gateway.http;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.log.error.ErrorCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a reader stands in a topic, as an opaque string: the next offset for each partition that it reads. Needs no state
 * on the server, so that a reader may go on at any time and on any node. Bound to the topic's id: a cursor of a topic that
 * was deleted and created again is refused.
 *
 * <p>{@code "c"}, then base64url of
 * <pre>
 * byte    version 1
 * int32   the topic's id, folded
 * varint  count of partitions
 * count x (varint partition - the one before - 1, varint next offset)
 * </pre>
 */
public final class PositionCursor {
    private static final byte VERSION = 1;
    private static final int CHARS_MAX = 128 << 10;
    private static final int HEAD_BYTES = 5;
    private static final int VARLONG_BYTES_MAX = 10;

    private PositionCursor() {}

    public static String encode(TopicView topic, SortedMap<Integer, Long> positions) {
        ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES + VARLONG_BYTES_MAX * (1 + 2 * positions.size()));
        out.put(VERSION).putInt(topic.id().hashCode());
        putVarlong(out, positions.size());
        int before = -1;
        for (Map.Entry<Integer, Long> position : positions.entrySet()) {
            putVarlong(out, position.getKey() - before - 1);
            putVarlong(out, position.getValue());
            before = position.getKey();
        }
        byte[] exact = new byte[out.position()];
        out.flip().get(exact);
        return "c" + Base64.getUrlEncoder().withoutPadding().encodeToString(exact);
    }

    static boolean looksLikeOne(String text) {
        return text.startsWith("c");
    }

    /** Next offset by partition. Fails with 400 for what this class did not write for this topic. */
    static NavigableMap<Integer, Long> decode(TopicView topic, String text) {
        if (!looksLikeOne(text) || text.length() > CHARS_MAX) {
            throw malformed();
        }
        NavigableMap<Integer, Long> positions = new TreeMap<>();
        int topicTag;
        try {
            ByteBuffer in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text.substring(1)));
            if (in.get() != VERSION) {
                throw malformed();
            }
            topicTag = in.getInt();
            long count = getVarlong(in);
            long partition = -1;
            for (long i = 0; i < count; i++) {
                partition = Math.addExact(partition, Math.addExact(getVarlong(in), 1));
                positions.put(Math.toIntExact(partition), getVarlong(in));
            }
            if (in.hasRemaining()) {
                throw malformed();
            }
        } catch (IllegalArgumentException | BufferUnderflowException | ArithmeticException notOurs) {
            throw malformed();
        }
        if (topicTag != topic.id().hashCode()) {
            throw new HttpProblem(
                    400,
                    ErrorCode.INCONSISTENT_TOPIC_ID,
                    "the cursor is of another topic, or of one that was deleted and created again; start anew");
        }
        if (!positions.isEmpty() && positions.lastKey() >= topic.partitions().size()) {
            throw malformed();
        }
        return positions;
    }

    private static HttpProblem malformed() {
        return HttpProblem.invalid("the cursor is malformed; pass back what an answer gave, or start anew");
    }

    private static void putVarlong(ByteBuffer out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static long getVarlong(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw malformed();
    }
}
