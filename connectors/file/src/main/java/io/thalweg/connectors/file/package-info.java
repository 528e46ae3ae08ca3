/**
 * The plugins {@code file-source}, {@code file-sink} and {@code generate}: names, schemas, checks.
 *
 * <h2>Place</h2>
 * Above {@code file.read} and {@code file.write}, which do the work; found by {@link java.util.ServiceLoader}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Plugins are stateless and may be used from any thread.</li>
 *   <li>Tasks of files block and are run on worker contexts; {@link io.thalweg.connectors.file.GenerateTask} does not.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Every key that a task reads is in the plugin's schema, and its default stands there alone.
 *
 * <h2>Failure</h2>
 * A schema that cannot be read is a broken jar: {@link java.lang.IllegalStateException} when the plugin is loaded.
 */
@NullMarked
package io.thalweg.connectors.file;

import org.jspecify.annotations.NullMarked;
