/**
 * A stream application to read and to start from: {@code "streams": [{"name": "java:io.thalweg.launcher.example.AirportDelays"}]}.
 *
 * <h2>Place</h2>
 * Stands on {@code io.thalweg.streams} alone, as a user's own application does.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>The definition is called once; its functions are called by every task and hold no state.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * None of its own.
 *
 * <h2>Failure</h2>
 * A record that cannot be read goes to the dead letter topic.
 */
@NullMarked
package io.thalweg.launcher.example;

import org.jspecify.annotations.NullMarked;
