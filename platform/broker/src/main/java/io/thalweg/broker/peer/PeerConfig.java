package io.thalweg.broker.peer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the peer transport.
 *
 * @param host where to listen
 * @param port 0 for any that is free
 * @param secret that all brokers of the cluster share; null for none, which is for loopback alone
 * @param tls null for none
 * @param frameBytesMax of one frame, call or answer
 * @param queueBytesMax waiting to be sent to one peer: beyond it frames are dropped and calls refused
 * @param callsMax under way to one peer, and from one peer
 * @param connectionsMax accepted and open, whoever they are
 * @param handshakeMax how long a connection may take to prove itself
 * @param deadlineMax of a call
 * @param pingAfter how long a connection may be silent before it is asked; after as long again without a word it is dead
 * @param redialMin before a peer is dialled again the first time; doubles up to {@code redialMax}, each time with jitter
 */
public record PeerConfig(
        String host,
        int port,
        @Nullable String secret,
        @Nullable PeerTls tls,
        int frameBytesMax,
        int queueBytesMax,
        int callsMax,
        int connectionsMax,
        Duration handshakeMax,
        Duration deadlineMax,
        Duration pingAfter,
        Duration redialMin,
        Duration redialMax) {

    public static final int DEFAULT_FRAME_BYTES_MAX = 32 << 20;
    public static final int DEFAULT_QUEUE_BYTES_MAX = 32 << 20;
    public static final int DEFAULT_CALLS_MAX = 1024;
    public static final int DEFAULT_CONNECTIONS_MAX = 256;
    public static final Duration DEFAULT_HANDSHAKE_MAX = Duration.ofSeconds(5);
    public static final Duration DEFAULT_DEADLINE_MAX = Duration.ofMinutes(5);
    public static final Duration DEFAULT_PING_AFTER = Duration.ofSeconds(1);
    public static final Duration DEFAULT_REDIAL_MIN = Duration.ofMillis(50);
    public static final Duration DEFAULT_REDIAL_MAX = Duration.ofSeconds(1);

    /** A shorter secret can be guessed from one recorded handshake. */
    public static final int SECRET_BYTES_MIN = 16;

    public PeerConfig {
        if (secret != null && secret.getBytes(StandardCharsets.UTF_8).length < SECRET_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "the cluster's secret is too short; at least " + SECRET_BYTES_MIN + " bytes");
        }
        if (frameBytesMax < PeerFrames.UNAUTHENTICATED_BYTES_MAX || queueBytesMax < frameBytesMax) {
            throw new IllegalArgumentException("frameBytesMax=" + frameBytesMax + " queueBytesMax=" + queueBytesMax
                    + "; at least " + PeerFrames.UNAUTHENTICATED_BYTES_MAX + ", and the queue at least a frame");
        }
        if (callsMax < 1 || connectionsMax < 1) {
            throw new IllegalArgumentException(
                    "callsMax=" + callsMax + " connectionsMax=" + connectionsMax + "; each at least 1");
        }
    }

    /** The defaults. */
    public static PeerConfig of(String host, int port, @Nullable String secret, @Nullable PeerTls tls) {
        return new PeerConfig(
                host,
                port,
                secret,
                tls,
                DEFAULT_FRAME_BYTES_MAX,
                DEFAULT_QUEUE_BYTES_MAX,
                DEFAULT_CALLS_MAX,
                DEFAULT_CONNECTIONS_MAX,
                DEFAULT_HANDSHAKE_MAX,
                DEFAULT_DEADLINE_MAX,
                DEFAULT_PING_AFTER,
                DEFAULT_REDIAL_MIN,
                DEFAULT_REDIAL_MAX);
    }

    @Override
    public String toString() {
        return "PeerConfig[host=" + host + " port=" + port + " secret=" + (secret == null ? "none" : "given") + " tls="
                + (tls != null) + "]";
    }
}
