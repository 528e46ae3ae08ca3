package io.thalweg.broker.peer;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Proves that this broker knows the cluster's secret, and checks that the other one does, without sending it.
 *
 * <pre>proof = HMAC-SHA256(secret, role | 0 | HELLO | CHALLENGE)</pre>
 *
 * The role makes a proof useless for the one who received it.
 */
final class SharedSecret {

    private static final String ALGORITHM = "HmacSHA256";

    private final @Nullable SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    /** Whose proof it is. */
    enum Role {
        DIALLER,
        ACCEPTOR
    }

    SharedSecret(@Nullable String secret) {
        key = secret == null ? null : new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    Buffer nonce() {
        byte[] nonce = new byte[Handshake.NONCE_BYTES];
        random.nextBytes(nonce);
        return Buffer.buffer(nonce);
    }

    /** Of nothing, if there is no secret. */
    Buffer proof(Role role, Buffer hello, Buffer challenge) {
        SecretKeySpec secret = key;
        if (secret == null) {
            return Buffer.buffer();
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            mac.update(role.name().getBytes(StandardCharsets.US_ASCII));
            mac.update((byte) 0);
            mac.update(hello.getBytes());
            return Buffer.buffer(mac.doFinal(challenge.getBytes()));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(ALGORITHM + " is not there, but every Java has it", missing);
        }
    }

    /**
     * Checks a proof in a time that does not tell how much of it is right.
     *
     * @return null if it is right, else what is wrong
     */
    @Nullable
    String check(Role role, Buffer hello, Buffer challenge, Buffer given) {
        if (MessageDigest.isEqual(proof(role, hello, challenge).getBytes(), given.getBytes())) {
            return null;
        }
        if (key == null) {
            return "the other broker has a secret and this one has none; give all brokers the same";
        }
        return given.length() == 0
                ? "a secret is needed; give all brokers the same"
                : "the secret is another; give all brokers the same";
    }
}
