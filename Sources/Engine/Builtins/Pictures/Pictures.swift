/// Pictures as data: each kind has a file of its own beside this one.
let pictureFamily = Family("Pictures", [heat, plot, loglog, bar, hist, spark, scatter, panels])
