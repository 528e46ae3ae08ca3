/**
 * The console in a real browser, over a real node.
 *
 * <h2>Place</h2>
 * Drives Chromium through Playwright; sees of the node what its HTTP door serves.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A browser and its pages belong to the thread of the test.
 * </ol>
 *
 * <h2>Invariants</h2>
 * A page that logs an error, violates its content security policy, opens a dialog or asks another origin fails its test.
 *
 * <h2>Failure</h2>
 * Without Chromium the tests are skipped, and say how to install it.
 */
@NullMarked
package io.thalweg.system.console;

import org.jspecify.annotations.NullMarked;
