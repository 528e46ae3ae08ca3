/** Tests of the example. */
@NullMarked
package io.thalweg.launcher.example;

import org.jspecify.annotations.NullMarked;
