/**
 * Tests of stream applications: a topology in one thread, without a broker.
 *
 * <h2>Place</h2>
 * For users' tests and our own; drives {@code processor} as the runtime does.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A driver is confined to the test's thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * What is piped in has had all its consequences on return. The same records yield the same outputs.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.streams.processor.StreamTaskException} out of the pipe call, unless the application has a dead letter topic.
 */
@NullMarked
package io.thalweg.streams.driver;

import org.jspecify.annotations.NullMarked;
