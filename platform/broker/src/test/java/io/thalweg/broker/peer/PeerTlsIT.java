package io.thalweg.broker.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.Futures;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brokers with certificates, and one with a certificate that nobody trusts. */
class PeerTlsIT {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path directory;

    @Test
    void certificatesAreWantedOnBothSides() throws Exception {
        Path key = directory.resolve("key.pem");
        Path certificate = makeCertificate("broker", key);
        Path otherKey = directory.resolve("other-key.pem");
        Path otherCertificate = makeCertificate("other", otherKey);
        Vertx vertx = Vertx.vertx();
        try {
            TestPeer one = peer(vertx, 1, new PeerTls(certificate, key, certificate, true));
            TestPeer two = peer(vertx, 2, new PeerTls(certificate, key, certificate, true));
            TestPeer stranger = peer(vertx, 3, new PeerTls(otherCertificate, otherKey, certificate, true));
            TestPeer plain = peer(vertx, 4, null);
            stranger.dial(one);
            plain.dial(one);
            one.dial(stranger);
            one.dial(two);

            one.awaitUp(two);
            one.transport.send(2, Buffer.buffer("sealed").appendBytes(new byte[300_000]));

            assertThat(two.nextFrame().length()).isEqualTo(300_006);
            assertThat(one.events).isEmpty();
            assertThat(stranger.events).isEmpty();
            assertThat(plain.events).isEmpty();
        } finally {
            Futures.await(vertx.close());
        }
    }

    private static TestPeer peer(Vertx vertx, int broker, PeerTls tls) {
        return new TestPeer(
                vertx, broker, 1, "cluster-1", PeerConfig.of("127.0.0.1", 0, "a secret that is long enough", tls));
    }

    /** A certificate that signs itself, for 127.0.0.1. */
    private Path makeCertificate(String name, Path key) throws Exception {
        Path store = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        Key secret = keys.getKey(name, PASSWORD);
        write(key, "PRIVATE KEY", secret.getEncoded());
        Path certificate = directory.resolve(name + ".pem");
        write(certificate, "CERTIFICATE", keys.getCertificate(name).getEncoded());
        return certificate;
    }

    private static void write(Path file, String what, byte[] encoded) throws IOException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        Files.writeString(file, "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n");
    }
}
