package io.thalweg.broker.peer;

import java.nio.file.Path;

/**
 * TLS with certificates on both sides; all files are PEM.
 *
 * @param certificate this broker's, with its chain
 * @param key of {@code certificate}, not encrypted
 * @param trust the authorities whose certificates peers show
 * @param verifyHost whether a peer's certificate must name the host that is dialled
 */
public record PeerTls(Path certificate, Path key, Path trust, boolean verifyHost) {}
