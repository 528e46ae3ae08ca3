/**
 * Runs sink tasks: members of the group {@code connect-<name>} that hand records to a plugin and commit what it made durable.
 *
 * <h2>Place</h2>
 * Above {@code task}, {@code convert} and the client; below the herder.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything of a task is confined to its runner's context; the plugin gets one call at a time.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * An offset is committed after the flush that made everything before it durable. Partitions are given back flushed.
 *
 * <h2>Failure</h2>
 * A put that may succeed later is repeated while reading stands still; any other failure ends the task.
 */
@NullMarked
package io.thalweg.connectors.runtime.sink;

import org.jspecify.annotations.NullMarked;
