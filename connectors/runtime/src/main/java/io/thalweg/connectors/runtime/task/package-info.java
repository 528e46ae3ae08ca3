/**
 * What a source and a sink task have in common: the verticle, calls to the plugin, retries, tolerated errors, dead letters,
 * turns on a context.
 *
 * <h2>Place</h2>
 * Above {@code connectors.api} and the client; below {@code source} and {@code sink}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A task has two contexts: the plugin's, which is a worker if the plugin blocks, and the runner's, an event loop.
 *       They are the same if it does not. Runner state is confined to the runner's.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * The plugin is called on its context only, and stopped exactly once.
 *
 * <h2>Failure</h2>
 * Whatever a plugin throws, or fails its future with, ends its own task and nothing else.
 */
@NullMarked
package io.thalweg.connectors.runtime.task;

import org.jspecify.annotations.NullMarked;
