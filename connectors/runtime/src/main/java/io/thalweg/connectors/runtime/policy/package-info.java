/**
 * What the operator lets connectors reach: files, addresses, commands, secrets.
 *
 * <h2>Place</h2>
 * Above {@code connectors.api}; below everything that reads a configuration.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>All classes are immutable; any thread. What touches the disk says so and belongs on a worker.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * What is not allowed explicitly is denied. A secret that was resolved is neither stored, logged nor shown.
 *
 * <h2>Failure</h2>
 * {@link java.lang.IllegalArgumentException} whose message names what was asked for, and the setting that would allow it.
 */
@NullMarked
package io.thalweg.connectors.runtime.policy;

import org.jspecify.annotations.NullMarked;
