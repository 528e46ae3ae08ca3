/**
 * The one way out: requests to URLs that the operator's policy allows, at addresses that it allows.
 *
 * <h2>Place</h2>
 * Below {@code http.send} and {@code http.poll}. Nothing else of the module opens a connection.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.connectors.http.egress.EgressClient} is confined to the context of the task that made it.</li>
 *   <li>Names are resolved on a worker thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A host is resolved once for a request; the address that was checked is the one that is connected to. A redirect is a
 * request of its own through the same checks. No more bytes of an answer are held than the request allows.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.connectors.http.egress.EgressDeniedException} is for good; {@link java.io.IOException} and its kind,
 * timeouts included, may pass.
 */
@NullMarked
package io.thalweg.connectors.http.egress;

import org.jspecify.annotations.NullMarked;
