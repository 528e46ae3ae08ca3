package io.thalweg.environment;

import java.util.random.RandomGenerator;

/**
 * The ports that the engine is given at start.
 *
 * @param clock time
 * @param timers delayed tasks
 * @param random randomness; the implementation must be safe for every thread that the engine uses
 * @param fileSystem disk
 */
public record Environment(Clock clock, Timers timers, RandomGenerator random, FileSystem fileSystem) {}
