/** Codes of the report in words. Codes of plugins of others are shown as they are spelled. */
const TITLES: Readonly<Record<string, string>> = {
  unknown_image_id: "Objects of an image that is not in the files",
  unknown_category_id: "Objects of a class that is not in the files",
  undeclared_label: "Classes that the files do not list",
  duplicate_annotation_id: "Objects with an id that was used before",
  duplicate_file_name: "Files listed more than once",
  duplicate_label_name: "Classes listed more than once",
  missing_label: "Objects without a class",
  missing_geometry: "Objects without a shape",
  degenerate_polygon: "Polygons with fewer than three corners",
  zero_area: "Shapes without area",
  negative_size_normalised: "Boxes with swapped corners",
  out_of_bounds: "Shapes that reach beyond the picture",
  not_finite: "Coordinates that are no numbers",
  not_normalised: "Coordinates outside of 0 to 1",
  rle_size_mismatch: "Masks whose runs do not fit the picture",
  mask_size_mismatch: "Masks of another size than the picture",
  size_disagrees_with_image: "Sizes that differ from the picture",
  size_missing_read_from_image: "Sizes read from the pictures",
  exif_orientation: "Pictures that are turned by their EXIF data",
  image_not_found: "Pictures that are not here",
  ambiguous_image_match: "Names that fit several pictures",
  filename_case: "Names that differ in case",
  filename_disagrees: "Names that differ from the file's",
  unparsable_file: "Files that cannot be read",
  xml_doctype_refused: "XML files with a document type, refused",
  unsafe_path: "Names that lead out of their folder",
  yaml_path_not_here: "A path in the YAML file that is not here",
  voc_one_based_detected: "Coordinates that count from one",
  label_attribute_guessed: "The attribute taken for the class",
  label_missing_default_used: "Objects whose class was missing",
  ignored_label: "Objects of ignored classes",
  several_annotations_per_task: "Tasks annotated more than once",
  lossy_mask_thresholded: "Masks with half-transparent pixels",
  flat_segmentation: "Polygons written without nesting",
  unsupported_shape: "Shapes of a kind that is not known",
  needs_download: "Data behind a link",
  repeated_picture: "Pictures that are in the set more than once",
  test_locked: "Images of the locked test set",
  unparsable_record: "Records that cannot be read",
  unreadable_picture: "Pictures that cannot be read",
};

/** "Pictures that are not here" for a code. */
export function titleOf(code: string): string {
  const words = code.replaceAll("_", " ");
  return TITLES[code] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
