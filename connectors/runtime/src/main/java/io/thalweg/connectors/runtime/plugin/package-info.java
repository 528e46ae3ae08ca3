/**
 * Plugins by name, and configurations: what keys there are, whether values do, and Kafka Connect's description of both.
 *
 * <h2>Place</h2>
 * Above {@code connectors.api} and {@code policy}; below the herder, the tasks and the REST routes.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>All classes are immutable; any thread.</li>
 *   <li>{@link io.thalweg.connectors.runtime.plugin.ConfigCheck} calls the plugin's check, which may touch the disk: on a
 *       worker.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A configuration is text by text, as Kafka Connect keeps it. It gets types only on its way to a plugin.
 *
 * <h2>Failure</h2>
 * A wrong configuration is a list of problems that name the key, what was found and what would do; never an exception.
 */
@NullMarked
package io.thalweg.connectors.runtime.plugin;

import org.jspecify.annotations.NullMarked;
