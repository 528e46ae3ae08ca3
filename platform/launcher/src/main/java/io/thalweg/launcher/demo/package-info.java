/**
 * The demo: real flights published and read through each door, and what that showed.
 *
 * <h2>Place</h2>
 * Above {@code node}; uses the doors from outside, as anybody's client would, and the in-process client.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link Demo} and the doors block the thread that calls them; one door is at work at a time.</li>
 *   <li>{@link FlightsSeen} belongs to one reading at a time; handing it on goes through a future.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Every figure that is printed was measured in this run.
 *
 * <h2>Failure</h2>
 * {@link DemoFailure}: a door did not do its work in time, or doors disagree about what is in the log.
 */
@NullMarked
package io.thalweg.launcher.demo;

import org.jspecify.annotations.NullMarked;
