package io.thalweg.broker.peer;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** TLS of the peer connections: both sides show a certificate. */
final class PeerTlsOptions {

    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");

    private PeerTlsOptions() {}

    static NetServerOptions server(PeerConfig config, NetServerOptions options) {
        PeerTls tls = config.tls();
        if (tls != null) {
            options.setSsl(true)
                    .setKeyCertOptions(key(tls))
                    .setTrustOptions(trust(tls))
                    .setEnabledSecureTransportProtocols(PROTOCOLS)
                    .setClientAuth(ClientAuth.REQUIRED)
                    .setSslHandshakeTimeout(config.handshakeMax().toMillis())
                    .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        }
        return options;
    }

    static NetClientOptions client(PeerConfig config, NetClientOptions options) {
        PeerTls tls = config.tls();
        if (tls != null) {
            options.setSsl(true)
                    .setKeyCertOptions(key(tls))
                    .setTrustOptions(trust(tls))
                    .setEnabledSecureTransportProtocols(PROTOCOLS)
                    .setHostnameVerificationAlgorithm(tls.verifyHost() ? "HTTPS" : "");
        }
        return options;
    }

    private static KeyCertOptions key(PeerTls tls) {
        return new PemKeyCertOptions()
                .addCertPath(tls.certificate().toString())
                .addKeyPath(tls.key().toString());
    }

    private static TrustOptions trust(PeerTls tls) {
        return new PemTrustOptions().addCertPath(tls.trust().toString());
    }
}
