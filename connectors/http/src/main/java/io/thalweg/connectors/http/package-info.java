/**
 * The plugins {@code http-sink} and {@code http-source}: names, schemas, checks.
 *
 * <h2>Place</h2>
 * Above {@code http.send} and {@code http.poll}, which do the work through {@code http.egress}; found by
 * {@link java.util.ServiceLoader}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Plugins are stateless and may be used from any thread.</li>
 *   <li>Tasks never block; they are run on event loops.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Every key that a task reads is in the plugin's schema, and its default stands there alone.
 *
 * <h2>Failure</h2>
 * A schema that cannot be read is a broken jar: {@link java.lang.IllegalStateException} when the plugin is loaded.
 */
@NullMarked
package io.thalweg.connectors.http;

import org.jspecify.annotations.NullMarked;
