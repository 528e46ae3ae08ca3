package io.thalweg.broker.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HandshakeTest {

    private static final PeerIdentity SELF = new PeerIdentity("cluster-1", 7, 3);
    private final SharedSecret secret = new SharedSecret("0123456789abcdef");

    @Test
    void whatIsSaidIsUnderstood() throws Exception {
        Handshake.Hello hello = new Handshake.Hello(1, 2, SELF, 9, secret.nonce());
        Handshake.Challenge challenge =
                new Handshake.Challenge(1, new PeerIdentity(null, 0, Integer.MAX_VALUE), secret.nonce());

        assertThat(Handshake.hello(Handshake.encode(hello))).isEqualTo(hello);
        assertThat(Handshake.challenge(Handshake.encode(challenge))).isEqualTo(challenge);
    }

    @Test
    void aClusterIdOfAnyLengthFitsIntoWhatAStrangerMaySend() {
        Handshake.Hello longest = new Handshake.Hello(
                1, 1, new PeerIdentity("x".repeat(PeerIdentity.CLUSTER_ID_BYTES_MAX), 1, 1), 2, secret.nonce());

        assertThat(Handshake.encode(longest).length() + 1).isLessThan(PeerFrames.UNAUTHENTICATED_BYTES_MAX);
        assertThatThrownBy(() -> new PeerIdentity("ä".repeat(128), 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("256 bytes");
    }

    @Seeds(count = 500)
    void garbageIsRefusedAndNothingElse(long seed) {
        Random random = new Random(seed);
        byte[] bytes = Handshake.encode(new Handshake.Hello(1, 1, SELF, 9, secret.nonce()))
                .getBytes();
        byte[] garbage = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 20));
        for (int i = random.nextInt(4); i > 0 && garbage.length > 0; i--) {
            garbage[random.nextInt(garbage.length)] = (byte) random.nextInt();
        }
        try {
            Handshake.hello(Buffer.buffer(garbage));
        } catch (PeerProtocolException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
        try {
            Handshake.challenge(Buffer.buffer(garbage));
        } catch (PeerProtocolException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    @Test
    void aProofIsOfOneRoleOneSecretAndOneConversation() {
        Buffer hello = Handshake.encode(new Handshake.Hello(1, 1, SELF, 9, secret.nonce()));
        Buffer challenge = Handshake.encode(new Handshake.Challenge(1, SELF, secret.nonce()));
        Buffer other = Handshake.encode(new Handshake.Challenge(1, SELF, secret.nonce()));
        Buffer proof = secret.proof(SharedSecret.Role.DIALLER, hello, challenge);

        assertThat(secret.check(SharedSecret.Role.DIALLER, hello, challenge, proof))
                .isNull();
        assertThat(secret.check(SharedSecret.Role.ACCEPTOR, hello, challenge, proof))
                .contains("another");
        assertThat(secret.check(SharedSecret.Role.DIALLER, hello, other, proof)).contains("another");
        assertThat(new SharedSecret("another 0123456789").check(SharedSecret.Role.DIALLER, hello, challenge, proof))
                .contains("the secret is another");
        assertThat(new SharedSecret(null).check(SharedSecret.Role.DIALLER, hello, challenge, proof))
                .contains("this one has none");
        assertThat(secret.check(SharedSecret.Role.DIALLER, hello, challenge, Buffer.buffer()))
                .contains("a secret is needed");
    }

    @Test
    void theSecretIsNotPrinted() {
        assertThat(PeerConfig.of("127.0.0.1", 0, "0123456789abcdef", null).toString())
                .doesNotContain("0123456789abcdef");
        assertThatThrownBy(() -> PeerConfig.of("127.0.0.1", 0, "short", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("short\"");
    }
}
