/**
 * Connectors in the real node as a process, killed while they work.
 *
 * <h2>Place</h2>
 * On {@code system.node}; talks to the node over Kafka Connect's REST interface and the Kafka protocol alone.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Each test uses one thread, beside the node's process.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Ports are free ones of loopback; files lie in a temporary directory.
 *
 * <h2>Failure</h2>
 * Assertions, with the seed of the kills and what the node printed last.
 */
@NullMarked
package io.thalweg.system.connector;

import org.jspecify.annotations.NullMarked;
