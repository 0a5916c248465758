SELECT ma_chi_so AS indicator_code,
       loai_pham_vi AS scope_kind,
       ma_pham_vi AS scope_code,
       luc AS at,
       gia_tri AS value
  FROM onestop.chi_so
