package io.thalweg.connectors.http.egress;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.net.URI;

/**
 * An answer, read to its end.
 *
 * @param uri that answered, after redirects
 */
public record EgressAnswer(int status, MultiMap headers, Buffer body, URI uri) {}
