package io.thalweg.broker.peer;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The messages by which two brokers get to know each other.
 *
 * <pre>
 *   HELLO      | magic: int32 | oldest version: int16 | newest version: int16 | cluster: name | broker: int32 | incarnation: int32
 *              | broker that is meant: int32 | nonce: 32 bytes |
 *   CHALLENGE  | version: int16 | cluster: name | broker: int32 | incarnation: int32 | nonce: 32 bytes |
 *   PROOF      | of the dialler: 32 bytes, none without a secret |
 *   ACCEPTED   | of the acceptor: 32 bytes, none without a secret |
 *   REFUSED    | error: int16 | why, in UTF-8 |
 *   name       | length: uint8, 0 for none | UTF-8 |
 * </pre>
 *
 * The dialler proves itself first: a stranger who dials gets nothing to guess the secret from. A proof covers both nonces and
 * all that was said, see {@link SharedSecret}.
 */
final class Handshake {

    static final int MAGIC = 0x54484C57;
    static final short VERSION = 1;
    static final int NONCE_BYTES = 32;

    /** What a dialler says first. */
    record Hello(int versionMin, int versionMax, PeerIdentity from, int target, Buffer nonce) {}

    /** What an acceptor answers. */
    record Challenge(int version, PeerIdentity from, Buffer nonce) {}

    private Handshake() {}

    static Buffer encode(Hello hello) {
        Buffer out = Buffer.buffer(128)
                .appendInt(MAGIC)
                .appendShort((short) hello.versionMin())
                .appendShort((short) hello.versionMax());
        appendIdentity(out, hello.from());
        return out.appendInt(hello.target()).appendBuffer(hello.nonce());
    }

    static Buffer encode(Challenge challenge) {
        Buffer out = Buffer.buffer(128).appendShort((short) challenge.version());
        appendIdentity(out, challenge.from());
        return out.appendBuffer(challenge.nonce());
    }

    static Hello hello(Buffer body) throws PeerProtocolException {
        Reader in = new Reader(body);
        if (in.int32() != MAGIC) {
            throw new PeerProtocolException("the first frame is not a hello");
        }
        return in.last(new Hello(in.int16(), in.int16(), in.identity(), in.int32(), in.nonce()));
    }

    static Challenge challenge(Buffer body) throws PeerProtocolException {
        Reader in = new Reader(body);
        return in.last(new Challenge(in.int16(), in.identity(), in.nonce()));
    }

    private static void appendIdentity(Buffer out, PeerIdentity identity) {
        String clusterId = identity.clusterId();
        byte[] name = clusterId == null ? new byte[0] : clusterId.getBytes(StandardCharsets.UTF_8);
        out.appendUnsignedByte((short) name.length)
                .appendBytes(name)
                .appendInt(identity.brokerId())
                .appendInt(identity.incarnation());
    }

    /** Reads a message and says what is wrong with it. */
    private static final class Reader {

        private final ByteBuffer in;

        Reader(Buffer body) {
            in = ByteBuffer.wrap(body.getBytes());
        }

        int int16() throws PeerProtocolException {
            require(Short.BYTES);
            return in.getShort();
        }

        int int32() throws PeerProtocolException {
            require(Integer.BYTES);
            return in.getInt();
        }

        Buffer nonce() throws PeerProtocolException {
            return Buffer.buffer(bytes(NONCE_BYTES));
        }

        PeerIdentity identity() throws PeerProtocolException {
            String clusterId = name();
            int brokerId = int32();
            int incarnation = int32();
            if (brokerId < 0 || incarnation < 0) {
                throw new PeerProtocolException(
                        "not a broker: brokerId=" + brokerId + " incarnation=" + incarnation + "; each at least 0");
            }
            return new PeerIdentity(clusterId, brokerId, incarnation);
        }

        <T> T last(T message) throws PeerProtocolException {
            if (in.hasRemaining()) {
                throw new PeerProtocolException("handshake message is too long: bytes left=" + in.remaining());
            }
            return message;
        }

        private @Nullable String name() throws PeerProtocolException {
            require(1);
            int length = in.get() & 0xFF;
            if (length == 0) {
                return null;
            }
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes(length)))
                        .toString();
            } catch (CharacterCodingException malformed) {
                throw new PeerProtocolException("a cluster id is not UTF-8");
            }
        }

        private byte[] bytes(int count) throws PeerProtocolException {
            require(count);
            byte[] read = new byte[count];
            in.get(read);
            return read;
        }

        private void require(int bytes) throws PeerProtocolException {
            if (in.remaining() < bytes) {
                throw new PeerProtocolException("handshake message is too short");
            }
        }
    }
}
